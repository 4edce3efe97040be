from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from django_activejob import conf
from django_activejob.errors import ConfigurationError


def problems_of(value: Any) -> list[str]:
    with override_settings(ACTIVE_JOB=value):
        return [str(problem) for problem in conf.problems()]


class TestSettings:
    def test_one_line_is_enough(self) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "inline"}):
            settings = conf.settings()
        assert settings.queue_adapter == "inline"
        assert settings.workers == (conf.WorkerSettings(),)
        assert settings.adapters == {}

    def test_the_defaults_are_safe(self) -> None:
        with override_settings(ACTIVE_JOB={}):
            settings = conf.settings()
        assert settings.queue_adapter == "database"
        assert settings.enqueue_after_transaction_commit == "auto"
        assert settings.beat_interval < settings.self_fence_after < settings.dead_after

    def test_workers_and_adapters_become_values(self) -> None:
        with override_settings(
            ACTIVE_JOB={
                "ADAPTERS": {"slow": {"ADAPTER": "database", "OPTIONS": {"using": "other"}}},
                "WORKERS": [{"queues": "mailers", "threads": 2, "adapter": "slow"}],
            }
        ):
            settings = conf.settings()
        assert settings.adapters["slow"].options == {"using": "other"}
        assert settings.workers == (
            conf.WorkerSettings(queues=("mailers",), threads=2, processes=1, adapter="slow"),
        )

    def test_a_change_is_seen_at_once(self) -> None:
        with override_settings(ACTIVE_JOB={"DEFAULT_QUEUE_NAME": "one"}):
            assert conf.settings().default_queue_name == "one"
        with override_settings(ACTIVE_JOB={"DEFAULT_QUEUE_NAME": "two"}):
            assert conf.settings().default_queue_name == "two"

    def test_the_first_problem_is_raised_when_it_matters(self) -> None:
        with (
            override_settings(ACTIVE_JOB={"RETRY_JITTER": "much"}),
            pytest.raises(ConfigurationError, match=r'ACTIVE_JOB\["RETRY_JITTER"\]: \'much\''),
        ):
            conf.settings()

    def test_every_key_says_what_it_means(self) -> None:
        for kind in (
            conf.Settings,
            conf.WorkerSettings,
            conf.AdapterSettings,
            conf.RecurringSettings,
        ):
            for name, field in kind.__dataclass_fields__.items():
                assert field.metadata["doc"].endswith("."), name


class TestProblems:
    @pytest.mark.line("RQ-243")
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (
                {"QUEUE_ADAPTR": "database"},
                "ACTIVE_JOB[\"QUEUE_ADAPTR\"]: is not a setting. Did you mean 'QUEUE_ADAPTER'?",
            ),
            (
                {"queue_adapter": "database"},
                "ACTIVE_JOB[\"queue_adapter\"]: is not a setting. Did you mean 'QUEUE_ADAPTER'?",
            ),
            (
                {"WORKERS": [{"threds": 3}]},
                'ACTIVE_JOB["WORKERS"][0]["threds"]: is not a setting. Did you mean \'threads\'?',
            ),
            (
                {"WORKERS": [{"threads": 0}]},
                'ACTIVE_JOB["WORKERS"][0]["threads"]: 0 is not a whole number of at least 1.',
            ),
            (
                {"WORKERS": [{"queues": []}]},
                'ACTIVE_JOB["WORKERS"][0]["queues"]: [] is not a list of at least one name.',
            ),
            (
                {"ADAPTERS": {"jobs": {"OPTIONS": {}}}},
                'ACTIVE_JOB["ADAPTERS"]["jobs"]["ADAPTER"]: is missing.',
            ),
            (
                {"SHUTDOWN_TIMEOUT": -1},
                'ACTIVE_JOB["SHUTDOWN_TIMEOUT"]: -1 is not a number of seconds above 0.',
            ),
            (
                {"ENQUEUE_AFTER_TRANSACTION_COMMIT": "yes"},
                "ACTIVE_JOB[\"ENQUEUE_AFTER_TRANSACTION_COMMIT\"]: 'yes' is not one of "
                '"auto", True, False.',
            ),
            (
                {"LOG_ARGUMENTS": 1},
                'ACTIVE_JOB["LOG_ARGUMENTS"]: 1 is not True or False.',
            ),
            (
                {"DEAD_AFTER": 10},
                'ACTIVE_JOB["DEAD_AFTER"]: the times of a process\'s life contradict each other. '
                "BEAT_INTERVAL must be below SELF_FENCE_AFTER, and that below DEAD_AFTER.",
            ),
            ("database", "ACTIVE_JOB: 'database' is not a dict."),
        ],
    )
    def test_each_names_its_place_and_what_to_do(self, value: Any, expected: str) -> None:
        assert problems_of(value) == [expected]

    def test_all_are_told_together(self) -> None:
        assert len(problems_of({"NO": 1, "NEITHER": 2, "WORKERS": []})) == 3

    def test_good_settings_have_none(self) -> None:
        assert problems_of({"QUEUE_ADAPTER": "database", "WORKERS": [{}]}) == []


class TestNearest:
    def test_without_a_likeness_all_are_named(self) -> None:
        assert conf.nearest("zzz", ["one", "two"]) == "Known are: one, two."


class TestRecurring:
    def test_entries_become_values(self) -> None:
        entry = {"job": "shop.ReportJob", "every": timedelta(minutes=15), "args": [1]}
        with override_settings(ACTIVE_JOB={"RECURRING": {"report": entry}}):
            task = conf.settings().recurring["report"]
        assert (task.job, task.every, task.args) == ("shop.ReportJob", 900.0, (1,))
        assert (task.misfire, task.kwargs, task.enabled) == ("skip", {}, True)

    @pytest.mark.line("RQ-163")
    @pytest.mark.parametrize(
        ("entry", "problem"),
        [
            ({"every": 60}, '["job"]: is missing.'),
            ({"job": "a.B"}, ': takes either "schedule" or "every".'),
            (
                {"job": "a.B", "every": 60, "schedule": "@daily"},
                ': takes either "schedule" or "every".',
            ),
            ({"job": "a.B", "evry": 60}, "[\"evry\"]: is not a setting. Did you mean 'every'?"),
            ({"job": "a.B", "every": 0.5}, '["every"]: 0.5 is not a timedelta or a number'),
            ({"job": "a.B", "every": 60, "misfire": "all"}, "[\"misfire\"]: 'all' is not one of"),
            ({"job": "a.B", "every": 60, "args": "one"}, "[\"args\"]: 'one' is not a list"),
        ],
    )
    def test_what_is_wrong_is_told(self, entry: dict[str, Any], problem: str) -> None:
        told = " ".join(problems_of({"RECURRING": {"report": entry}}))
        assert f'ACTIVE_JOB["RECURRING"]["report"]{problem}' in told

    def test_a_key_is_a_text_of_moderate_length(self) -> None:
        entry = {"job": "a.B", "every": 60}
        (told,) = problems_of({"RECURRING": {"x" * 256: entry}})
        assert "is no key for a task: use 1 to 255 plain characters" in told

    def test_it_is_a_dict(self) -> None:
        (told,) = problems_of({"RECURRING": ["nightly"]})
        assert "is not a dict such as" in told
