from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from django_activejob.serialization import class_names, registry

settings.register_profile(
    "desk",
    deadline=None,
    max_examples=200,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no finding
)
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "desk")


@pytest.fixture(autouse=True, scope="module")
def built_in_types() -> Iterator[None]:
    """Only what the package itself knows, whatever ran before."""
    before = registry._added[:], class_names._sources[:]
    registry._added[:], class_names._sources[:] = [], []
    registry._current = None
    yield
    registry._added[:], class_names._sources[:] = before
    registry._current = None
