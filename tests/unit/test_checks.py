from __future__ import annotations

from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.core.checks import run_checks
from django.test import override_settings

from django_activejob import checks
from tests.jobs.hello import HelloJob

HELLO = "tests.jobs.hello.HelloJob"


class TestSettings:
    def test_each_problem_is_an_error_with_a_hint(self) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTR": "database"}):
            (found,) = checks.check_settings(None)
        assert found.id == "activejob.E001"
        assert found.msg == 'ACTIVE_JOB["QUEUE_ADAPTR"]: is not a setting.'
        assert found.hint == "Did you mean 'QUEUE_ADAPTER'?"

    def test_the_others_wait_until_they_can_be_read(self) -> None:
        with override_settings(ACTIVE_JOB={"NO": 1}):
            assert checks.check_adapters(None) == []
            assert checks.check_job_classes(None) == []


class TestAdapters:
    def test_an_unknown_one_is_an_error(self) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "databse"}):
            (found,) = checks.check_adapters(None)
        assert found.id == "activejob.E002"
        assert "Did you mean 'database'?" in found.msg

    def test_adapters_speak_for_themselves(self) -> None:
        entry = {"ADAPTER": "database", "OPTIONS": {"using": "nowhere"}}
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "jobs", "ADAPTERS": {"jobs": entry}}):
            found = checks.check_adapters(None)
        assert any("nowhere" in message.msg for message in found)


class TestJobClasses:
    def test_an_unknown_default_adapter_is_not_told_for_every_class(self) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "databse"}):
            found = checks.check_job_classes(None)
        assert [message for message in found if "databse" in message.msg] == []

    def test_one_whose_adapter_no_worker_serves_is_a_warning(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(HelloJob, "queue_adapter", "database")
        found = [m for m in checks.check_job_classes(None) if "HelloJob" in m.msg]
        assert [message.id for message in found] == ["activejob.W001"]
        assert "no worker serves its queue adapter (Database)" in found[0].msg

    def test_one_with_an_unknown_adapter_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(HelloJob, "queue_adapter", "nosuch")
        found = [m for m in checks.check_job_classes(None) if "HelloJob" in m.msg]
        assert [message.id for message in found] == ["activejob.E002"]
        assert found[0].msg.startswith("tests.jobs.hello.HelloJob.queue_adapter: ")

    def test_two_of_one_name_are_an_error_naming_both_files(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from django_activejob.job import registry
        from tests.jobs.failing import FailingJob

        clash = registry.Clash(name="shop.TwinJob", first=HelloJob, second=FailingJob)
        monkeypatch.setattr(registry, "_clashes", [clash])
        (found,) = [m for m in checks.check_job_classes(None) if m.id == "activejob.E003"]
        assert "hello.py" in found.msg
        assert "failing.py" in found.msg


class TestRecurringTasks:
    @pytest.mark.line("RQ-163", "RQ-167")
    @pytest.mark.parametrize(
        ("entry", "message"),
        [
            ({"job": "shop.GoneJob", "every": 60}, "shop.GoneJob: no job class of this name"),
            ({"job": HELLO, "schedule": "0 0 30 2 *"}, "bad day-of-month"),
            ({"job": HELLO, "every": 60, "args": [1, 2, 3]}, "HelloJob"),
            ({"job": HELLO, "every": 60, "kwargs": {"greeter": object()}}, "HelloJob"),
        ],
    )
    def test_one_that_cannot_come_is_an_error(self, entry: dict[str, Any], message: str) -> None:
        active_job = {"QUEUE_ADAPTER": "database", "RECURRING": {"wrong": entry}}
        with override_settings(ACTIVE_JOB=active_job):
            (found,) = checks.check_recurring_tasks(None)
        assert found.id == "activejob.E005"
        assert found.msg.startswith('ACTIVE_JOB["RECURRING"]["wrong"]: ')
        assert message in found.msg

    @pytest.mark.line("RQ-167")
    def test_one_whose_adapter_keeps_none_is_an_error(self) -> None:
        tasks = {"hello": {"job": HELLO, "every": 60}}
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "inline", "RECURRING": tasks}):
            (found,) = checks.check_recurring_tasks(None)
        assert "its queue adapter (Inline) keeps no recurring tasks" in found.msg

    def test_nothing_is_said_of_good_ones(self) -> None:
        tasks = {"hello": {"job": HELLO, "schedule": "0 2 * * * Europe/Berlin"}}
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "database", "RECURRING": tasks}):
            assert checks.check_recurring_tasks(None) == []


class TestCommand:
    def test_another_app_s_command_before_ours_is_an_error(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        folder = tmp_path / "management" / "commands"
        folder.mkdir(parents=True)
        (folder / "runjobs.py").touch()
        other = type("Other", (AppConfig,), {"path": str(tmp_path)})("django_extensions", apps)
        ours = apps.get_app_config("django_activejob")
        monkeypatch.setattr(apps, "get_app_configs", lambda: [other, ours])
        (found,) = checks.check_command(None)
        assert found.id == "activejob.E004"
        assert found.hint == (
            "Put 'django_activejob' before 'django_extensions', "
            "or run `python -m django_activejob`."
        )
        monkeypatch.setattr(apps, "get_app_configs", lambda: [ours, other])
        assert checks.check_command(None) == []


class TestDeployment:
    @pytest.mark.parametrize(
        ("adapter", "shown"), [("async", "Async"), ("inline", "Inline"), ("test", "Test")]
    )
    def test_an_adapter_without_a_store_is_a_warning(self, adapter: str, shown: str) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": adapter}, DEBUG=False):
            (found,) = checks.check_deployment(None)
        assert found.id == "activejob.W002"
        assert found.msg == (
            f'ACTIVE_JOB["QUEUE_ADAPTER"]: the {shown} adapter is for development and tests; '
            "it keeps no job beyond the life of its process."
        )
        assert found.hint is not None
        assert "where DEBUG is False" in found.hint

    @pytest.mark.parametrize(
        "active_job",
        [{"QUEUE_ADAPTER": "database"}, {"QUEUE_ADAPTER": "databse"}, {"NO": 1}],
        ids=["one with a store", "an unknown one", "settings that cannot be read"],
    )
    def test_nothing_is_said_of(self, active_job: dict[str, object]) -> None:
        with override_settings(ACTIVE_JOB=active_job, DEBUG=False):
            assert checks.check_deployment(None) == []

    def test_nothing_is_said_in_development(self) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "async"}, DEBUG=True):
            assert checks.check_deployment(None) == []

    def test_only_a_check_of_the_deployment_asks(self) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "inline"}, DEBUG=False):
            always = run_checks(tags=[checks.TAG])
            deployed = run_checks(tags=[checks.TAG], include_deployment_checks=True)
        assert "activejob.W002" not in [message.id for message in always]
        assert "activejob.W002" in [message.id for message in deployed]


FIVE_THREADS = {"QUEUE_ADAPTER": "database", "WORKERS": [{"threads": 5}]}


class TestPools:
    def pool(self, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        databases = {"default": {"OPTIONS": options}}
        monkeypatch.setattr(checks.django_settings, "DATABASES", databases)

    @pytest.mark.line("RQ-049")
    @pytest.mark.parametrize(
        ("pool", "size"), [(True, 4), ({"min_size": 2}, 2), ({"min_size": 2, "max_size": 9}, 9)]
    )
    def test_one_that_is_too_small_for_a_process_is_a_warning(
        self, monkeypatch: pytest.MonkeyPatch, pool: Any, size: int
    ) -> None:
        self.pool({"pool": pool}, monkeypatch)
        with override_settings(ACTIVE_JOB=FIVE_THREADS):
            (found,) = checks.check_connections(None)
        assert found.id == "activejob.W004"
        assert 'ACTIVE_JOB["WORKERS"][0]: one process needs up to 10 connections' in found.msg
        assert f"DATABASES['default'] holds {size}" in found.msg
        assert "10 or more" in found.hint

    @pytest.mark.parametrize("options", [{}, {"pool": {"max_size": 10}}, {"pool": False}])
    def test_other_ones_are_not(
        self, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
    ) -> None:
        self.pool(options, monkeypatch)
        with override_settings(ACTIVE_JOB=FIVE_THREADS):
            assert checks.check_connections(None) == []
