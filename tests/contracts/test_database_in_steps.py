"""The database adapter on engines whose UPDATE does not give rows back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.vendor import MARIADB, POSTGRESQL, SQLITE
from django_activejob.testing.contracts import (
    CancellingContract,
    ChoresContract,
    LimitsContract,
    SettlingContract,
    SourceContract,
    ThrottlesContract,
    UniqueContract,
)


@pytest.fixture(autouse=True)
def in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    vendors = {"default": SQLITE, "postgres": POSTGRESQL, "mysql": MARIADB}
    monkeypatch.setattr(
        Store, "vendor", property(lambda store: replace(vendors[store.alias], returning=False))
    )


class TestCancelling(CancellingContract):
    pass


class TestSource(SourceContract):
    pass


class TestSettling(SettlingContract):
    pass


class TestChores(ChoresContract):
    pass


class TestLimits(LimitsContract):
    pass


class TestThrottles(ThrottlesContract):
    pass


class TestUnique(UniqueContract):
    pass


def test_the_adapter_is_the_same(adapter: DatabaseAdapter) -> None:
    assert not Store(adapter.using).vendor.returning
