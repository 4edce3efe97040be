from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from django_activejob import ActiveJob
from django_activejob.job.masking import masked_arguments


class LoginJob(ActiveJob):
    def perform(self, user: str, password: str = "", *rest: Any, **options: Any) -> None:
        pass


class TestMaskedArguments:
    @pytest.mark.line("RQ-102")
    def test_parameters_and_keys_with_such_a_name_are_masked(self) -> None:
        job = LoginJob("ada", "sesame", [{"Access_Token": 1, "page": 2}], api_key="k", colour="red")
        positional, keywords = masked_arguments(job)
        assert positional == ["ada", "[FILTERED]", [{"Access_Token": "[FILTERED]", "page": 2}]]
        assert keywords == {"api_key": "[FILTERED]", "colour": "red"}
        assert job.arguments[1] == "sesame"

    def test_the_names_are_a_setting(self) -> None:
        job = LoginJob("ada", "sesame", colour="red")
        with override_settings(ACTIVE_JOB={"MASKED_ARGUMENTS": ["colour"]}):
            assert masked_arguments(job) == (["ada", "sesame"], {"colour": "[FILTERED]"})
        with override_settings(ACTIVE_JOB={"MASKED_ARGUMENTS": []}):
            assert masked_arguments(job) == (["ada", "sesame"], {"colour": "red"})
