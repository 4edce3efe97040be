from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from django_activejob.mail import connections


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> Path:
    """A storage for attachments of more than ten bytes; returns its folder."""
    files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = {**settings.STORAGES, "mail": files}
    settings.ACTIVE_JOB = {
        **settings.ACTIVE_JOB,
        "MAIL_ATTACHMENT_LIMIT": 10,
        "MAIL_ATTACHMENT_STORAGE": "mail",
    }
    return tmp_path


@pytest.fixture
def templates(settings: Any) -> dict[str, str]:
    """Templates by name; those that a test puts in are found."""
    found: dict[str, str] = {}
    loader = ("django.template.loaders.locmem.Loader", found)
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [loader]},
        }
    ]
    return found


@pytest.fixture(autouse=True)
def _no_open_connections() -> Iterator[None]:
    yield
    connections.close_all()
