from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.job import enqueuing
from django_activejob.testing import JobAssertions, pytest_plugin
from tests.jobs.hello import HelloJob

# Here even where the plugin is not installed. The others run it in a pytest of its own.
of_this_test = pytest_plugin._activejob_of_this_test
jobs = pytest_plugin.jobs
perform_enqueued_jobs = pytest_plugin.perform_enqueued_jobs


def mark(*args: Any, **kwargs: Any) -> pytest.Mark:
    return cast("pytest.Mark", SimpleNamespace(args=args, kwargs=kwargs))


class TestFixtures:
    @pytest.mark.parametrize("number", [1, 2])
    def test_jobs_are_forgotten_between_tests(self, number: int, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        jobs.assert_enqueued_jobs(1)

    def test_performing_has_both_forms(
        self, jobs: JobAssertions, perform_enqueued_jobs: Callable[..., Any]
    ) -> None:
        HelloJob.perform_later()
        assert perform_enqueued_jobs() == 1
        with perform_enqueued_jobs():
            HelloJob.perform_later()
        jobs.assert_performed_jobs(2)


class TestMarks:
    @pytest.mark.parametrize(
        ("given", "kind"),
        [
            (mark(), TestAdapter),
            (mark("inline"), InlineAdapter),
            (mark(adapter="inline"), InlineAdapter),
            (mark(adapter=InlineAdapter()), InlineAdapter),
        ],
    )
    def test_one_puts_its_adapter_in_place(self, given: pytest.Mark, kind: type) -> None:
        with pytest_plugin._adapter_for(given):
            assert isinstance(enqueuing.adapter_of(HelloJob), kind)

    def test_none_changes_nothing(self) -> None:
        before = enqueuing.adapter_of(HelloJob)
        with pytest_plugin._adapter_for(None):
            assert enqueuing.adapter_of(HelloJob) is before

    def test_they_are_announced(self) -> None:
        lines: list[tuple[str, str]] = []
        config = SimpleNamespace(addinivalue_line=lambda *line: lines.append(line))
        pytest_plugin.pytest_configure(cast("pytest.Config", config))
        assert [name for name, _ in lines] == ["markers"]
