from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from django_activejob.serialization import class_names, registry
from django_activejob.serialization.arguments import deserialize_arguments, serialize_arguments
from tests.unit.serialization.round_trip import through_json


@pytest.fixture(autouse=True)
def furnished_app(settings: Settings) -> None:
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.unit.serialization"]
    settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "GLOBAL_ID_APP": "shop"}


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_added", list(registry._added))
    monkeypatch.setattr(registry, "_current", None)
    monkeypatch.setattr(class_names, "_sources", list(class_names._sources))


@pytest.fixture
def travel() -> Callable[..., Any]:
    """Sends one value through JSON and back."""

    def travel(value: object) -> Any:
        positional, keywords = deserialize_arguments(through_json(serialize_arguments([value], {})))
        assert keywords == {}
        return positional[0]

    return travel
