"""Real stores for the suites: what a test writes is committed, and cleared away after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Job
from tests.contracts.stores import MYSQL, POSTGRES, SQLITE


@pytest.fixture(params=[SQLITE, POSTGRES, MYSQL])
def alias(request: pytest.FixtureRequest) -> str:
    """A database alias with empty tables, in which threads see what others commit."""
    alias: str = request.param
    return alias


@pytest.fixture
def adapter(alias: str) -> DatabaseAdapter:
    """A database adapter over empty tables."""
    return DatabaseAdapter(using=alias, polling_interval=0.02)


@pytest.fixture
def spoil(alias: str) -> Callable[[str], None]:
    """Makes what is stored for a job unreadable."""

    def spoil(id: str) -> None:
        Job.objects.using(alias).filter(pk=id).update(payload='{"job_class": ')

    return spoil


@pytest.fixture
def hasten(alias: str) -> Callable[[], None]:
    """Makes all scheduled jobs ready."""

    def hasten() -> None:
        Job.objects.using(alias).filter(state="scheduled").update(state="ready")

    return hasten
