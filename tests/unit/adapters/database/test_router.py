from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from django_activejob.adapters.database.models import Job
from django_activejob.adapters.database.router import JobsRouter


def using(alias: str) -> dict[str, Any]:
    return {"QUEUE_ADAPTER": "jobs", "ADAPTERS": {"jobs": adapter_on(alias)}}


def adapter_on(alias: str) -> dict[str, Any]:
    return {"ADAPTER": "database", "OPTIONS": {"using": alias}}


@pytest.mark.line("RQ-206")
class TestJobsRouter:
    @override_settings(ACTIVE_JOB=using("jobs_db"))
    def test_our_tables_live_on_the_alias_of_the_adapter(self) -> None:
        router = JobsRouter()
        assert router.db_for_read(Job) == router.db_for_write(Job) == "jobs_db"
        assert router.allow_migrate("jobs_db", "django_activejob") is True
        assert router.allow_migrate("default", "django_activejob") is False

    @override_settings(ACTIVE_JOB=using("jobs_db"))
    def test_it_has_no_opinion_about_other_tables(self) -> None:
        router = JobsRouter()
        assert router.db_for_read(User) is None
        assert router.db_for_write(User) is None
        assert router.allow_migrate("default", "auth") is None

    @override_settings(
        ACTIVE_JOB={
            "QUEUE_ADAPTER": "second",
            "ADAPTERS": {"first": adapter_on("a"), "second": adapter_on("b")},
        }
    )
    def test_with_several_adapters_the_default_one_is_read(self) -> None:
        assert JobsRouter().db_for_read(Job) == "b"
        assert JobsRouter().allow_migrate("a", "django_activejob") is True

    @override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "inline"})
    def test_without_a_database_adapter_no_tables_are_made(self) -> None:
        assert JobsRouter().db_for_read(Job) is None
        assert JobsRouter().allow_migrate("default", "django_activejob") is False
