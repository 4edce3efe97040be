from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.db.models.functions import Now

from django_activejob import models
from django_activejob.adapters.database.models import Job
from django_activejob.dashboard import permissions


def job(**changes: object) -> Job:
    facts = {"queue": "default", "state": "ready", "job_id": "j", "job_class": "shop.ReportJob"}
    return Job(**facts, payload="{}", enqueued_at=Now(), **changes)


class TestConstraints:
    @pytest.mark.parametrize(
        "changes",
        [{"state": "lost"}, {"state": "running"}, {"process_id": "p"}],
        ids=["unknown state", "running without a process", "held but not running"],
    )
    def test_a_job_is_in_exactly_one_place(self, alias: str, changes: dict[str, str]) -> None:
        facts = {"state": "ready", **changes}
        impossible = job()
        for name, value in facts.items():
            setattr(impossible, name, value)
        with pytest.raises(IntegrityError):
            impossible.save(using=alias)


class TestMeta:
    def test_permissions_are_what_the_admin_asks_for(self) -> None:
        kinds = apps.get_app_config("django_activejob").get_models()
        named = {name for model in kinds for name, _ in model._meta.permissions}
        asked = {value for name, value in vars(permissions).items() if name.isupper()}
        seen = {value for value in asked if value.startswith("view_")} - {"view_arguments"}
        assert named == asked - seen - {permissions.APP_LABEL}

    @pytest.mark.parametrize("model", [models.Job, models.Attempt, models.Process, models.Pause])
    def test_nobody_adds_changes_or_deletes_rows_by_hand(self, model: type) -> None:
        assert model._meta.default_permissions == ("view",)

    def test_people_see_what_a_row_is(self) -> None:
        assert str(job()) == "shop.ReportJob (j)"
        assert str(models.Attempt(number=2, outcome="failed")) == "2: failed"
        assert str(models.Process(kind="worker", pid=7, hostname="h")) == "worker 7 on h"
        assert str(models.Pause(queue="mail")) == "mail"
