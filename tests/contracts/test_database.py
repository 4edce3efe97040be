"""The database adapter, on SQLite, on PostgreSQL and on MariaDB."""

from __future__ import annotations

from django_activejob.testing.contracts import (
    CancellingContract,
    ChoresContract,
    EnqueueContract,
    FiltersContract,
    InspectorContract,
    LimitsContract,
    LimitsInspectorContract,
    RecurringContract,
    RegistryContract,
    SettlingContract,
    SourceContract,
    TalliesContract,
    ThrottlesContract,
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


class TestThrottles(ThrottlesContract):
    pass


class TestUnique(UniqueContract):
    pass


class TestTallies(TalliesContract):
    pass


class TestFilters(FiltersContract):
    pass


class TestCancelling(CancellingContract):
    pass
