from __future__ import annotations

from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.test import override_settings

from django_activejob import checks
from tests.jobs.hello import HelloJob


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
            assert [m for m in checks.check_job_classes(None) if m.id == "activejob.E002"] == []

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
