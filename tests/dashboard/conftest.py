"""People, and a store to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import Settings

from django_activejob import handler
from tests.dashboard.fake import FakeInspector

FAKE = "tests.dashboard.fake.FakeAdapter"


@pytest.fixture
def store(settings: Settings) -> FakeInspector:
    """What the only adapter of the project keeps."""
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": FAKE}
    return cast("FakeInspector", handler.adapter().inspector())


@pytest.fixture
def other_store(settings: Settings) -> FakeInspector:
    """What a second adapter, with the alias ``other``, keeps."""
    settings.ACTIVE_JOB = {
        "QUEUE_ADAPTER": "main",
        "ADAPTERS": {"main": {"ADAPTER": FAKE}, "other": {"ADAPTER": FAKE}},
    }
    return cast("FakeInspector", handler.adapter("other").inspector())


Login = Callable[..., Client]


@pytest.fixture
def login(db: None) -> Login:
    """Makes a client of a staff member who has just these permissions of ours."""

    def log_in(*codenames: str, is_staff: bool = True) -> Client:
        user = User.objects.create_user(f"with {codenames}", is_staff=is_staff)
        found = Permission.objects.filter(
            content_type__app_label="django_activejob", codename__in=codenames
        )
        user.user_permissions.set(found)
        assert found.count() == len(codenames), f"no such permission among {codenames}"
        client = Client(enforce_csrf_checks=False)
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def operator(login: Login) -> Client:
    """A client of someone who may do everything on these pages."""
    return login(
        "view_job",
        "view_arguments",
        "retry_job",
        "discard_job",
        "dispatch_job",
        "cancel_job",
        "pause_queue",
        "clear_queue",
        "control_process",
        "run_recurringtask",
        "enable_recurringtask",
        "manage_recurringtask",
        "release_semaphore",
    )
