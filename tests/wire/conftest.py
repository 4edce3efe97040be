from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from django_activejob.serialization import class_names, registry
from tests.shop.models import Voucher
from tests.wire.rubys_classes import MoneySerializer, RubysClasses


@pytest.fixture
def rubys_types(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    """What the recorded application had: a model Person, a money type, a few classes."""
    settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "GLOBAL_ID_APP": "testproject"}
    monkeypatch.setattr(Voucher, "global_id_model_name", "Person", raising=False)
    monkeypatch.setattr(registry, "_added", [MoneySerializer])
    monkeypatch.setattr(registry, "_current", None)
    monkeypatch.setattr(class_names, "_sources", [RubysClasses()])
    yield
    registry._current = None
