"""The stores over which the database adapter is tested, as parameters of ``alias``."""

from __future__ import annotations

import pytest


def _committing(alias: str) -> pytest.MarkDecorator:
    # Only our own tables are flushed after each test: that is quick.
    return pytest.mark.django_db(
        transaction=True, databases=[alias], available_apps=["django_activejob"]
    )


SQLITE = pytest.param("default", id="sqlite", marks=_committing("default"))
POSTGRES = pytest.param(
    "postgres", id="postgres", marks=[pytest.mark.needs("postgres"), _committing("postgres")]
)
MYSQL = pytest.param("mysql", id="mysql", marks=[pytest.mark.needs("mysql"), _committing("mysql")])

ONLY_MYSQL = pytest.mark.parametrize("alias", [MYSQL], indirect=True)
RETURNING = pytest.mark.parametrize("alias", [SQLITE, POSTGRES], indirect=True)
SERVERS = pytest.mark.parametrize("alias", [POSTGRES, MYSQL], indirect=True)
ONLY_POSTGRES = pytest.mark.parametrize("alias", [POSTGRES], indirect=True)
