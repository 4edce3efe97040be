from __future__ import annotations

import pytest

from django_activejob.adapters.inline import InlineAdapter
from django_activejob.job.class_names import JobClassNames
from tests.jobs import buffer
from tests.jobs.hello import HelloJob
from tests.jobs.keywords import KeywordJob


class TestJobClassNames:
    def test_a_job_class_has_its_name_on_the_wire_and_others_have_none(self) -> None:
        names = JobClassNames()
        assert names.name_of(HelloJob) == "tests.jobs.hello.HelloJob"
        assert names.find("tests.jobs.hello.HelloJob") is HelloJob
        assert names.name_of(int) is None
        assert names.find("builtins.int") is None

    @pytest.mark.line("AJ-026")
    def test_a_job_class_travels_as_an_argument(self, inline: InlineAdapter) -> None:
        KeywordJob.perform_later(HelloJob)
        assert buffer.lines() == [(HelloJob, (), False, {})]
