from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from django_activejob import ActiveJob
from django_activejob.job.masking import masked_arguments, masked_raw, secrets_of, without


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


class LetterJob(ActiveJob):
    masked_arguments = ("body",)

    def perform(self, letter: Any) -> None:
        pass


NAME = f"{__name__}.LoginJob"


class TestClassesOwnNames:
    def test_are_masked_besides_the_settings(self) -> None:
        job = LetterJob({"to": "ada", "body": "Dear", "token": "x"})

        assert masked_arguments(job)[0] == [
            {"to": "ada", "body": "[FILTERED]", "token": "[FILTERED]"}
        ]


class TestMaskedRaw:
    @pytest.mark.line("DB-056")
    def test_is_what_log_lines_show(self) -> None:
        keywords = {"api_key": "k", "colour": "red", "_aj_ruby2_keywords": ["api_key", "colour"]}

        assert masked_raw(NAME, ["ada", "sesame", keywords]) == [
            "ada",
            "[FILTERED]",
            {**keywords, "api_key": "[FILTERED]"},
        ]

    def test_keywords_in_the_place_of_a_secret_are_masked_one_by_one(self) -> None:
        keywords = {"colour": "red", "_aj_ruby2_keywords": ["colour"]}

        assert masked_raw(NAME, ["ada", keywords]) == ["ada", keywords]

    def test_of_an_unknown_class_keys_are_masked(self) -> None:
        assert masked_raw("gone.Job", ["ada", {"password": [1]}]) == [
            "ada",
            {"password": "[FILTERED]"},
        ]

    @pytest.mark.parametrize("odd", [[None], [[]], [{"a": {"b": 1}}], ["[FILTERED]"], [1.5]])
    def test_takes_whatever_a_store_held(self, odd: list[Any]) -> None:
        assert masked_raw(NAME, odd) == odd
        assert secrets_of(NAME, odd) == frozenset()

    def test_looks_only_so_deep_and_shows_nothing_below(self) -> None:
        deep: Any = "tea"
        for _ in range(5_000):
            deep = [deep]

        [shown] = masked_raw(NAME, [deep])

        for _ in range(50):
            [shown] = shown
        assert shown == "[FILTERED]"
        assert secrets_of(NAME, [deep]) == frozenset()


class TestSecrets:
    def test_are_the_texts_that_were_masked(self) -> None:
        options = {"secrets": ["first", {"second": "other"}, 7, "abc"], "page": "front"}

        assert secrets_of(NAME, ["ada", "sesame", options]) == {"sesame", "first", "other"}

    def test_are_taken_out_of_other_texts(self) -> None:
        hidden = frozenset({"sesame", "sesame seed"})

        assert without(hidden, "no sesame seed for sesame") == "no [FILTERED] for [FILTERED]"
