"""The database adapter, on SQLite, on PostgreSQL and on MariaDB."""

from __future__ import annotations

from django_activejob.testing.contracts import (
    ChoresContract,
    EnqueueContract,
    InspectorContract,
    LimitsContract,
    LimitsInspectorContract,
    RecurringContract,
    RegistryContract,
    SettlingContract,
    SourceContract,
    UniqueContract,
)


class TestEnqueue(EnqueueContract):
    pass


class TestSource(SourceContract):
    pass


class TestSettling(SettlingContract):
    pass


class TestRegistry(RegistryContract):
    pass


class TestRecurring(RecurringContract):
    pass


class TestChores(ChoresContract):
    pass


class TestInspector(InspectorContract):
    pass


class TestLimits(LimitsContract):
    pass


class TestLimitsForPeople(LimitsInspectorContract):
    pass


class TestUnique(UniqueContract):
    pass
