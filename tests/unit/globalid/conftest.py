from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from django_activejob.globalid import locators


@pytest.fixture(autouse=True)
def named_shop(settings: Settings) -> None:
    settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "GLOBAL_ID_APP": "shop"}


@pytest.fixture(autouse=True)
def own_locators() -> Iterator[None]:
    before = dict(locators._locators)
    yield
    locators._locators.clear()
    locators._locators.update(before)
