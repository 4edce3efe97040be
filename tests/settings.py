"""The Django settings of the tests."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

from tests import services

# Names the databases of this run: runs side by side do not meet, and the
# processes that a test starts find the databases of their parent.
RUN = os.environ.setdefault("TEST_RUN", f"{os.getpid()}")
FOLDER = Path(tempfile.gettempdir()) / f"django-activejob-{RUN}"

# A type checker reads this module too; it starts no server and leaves no folder.
IS_TEST_RUN = "pytest" in sys.modules


def _remove_folder() -> None:
    # A forked child leaves the folder to its parent.
    if str(os.getpid()) == RUN:
        shutil.rmtree(FOLDER, ignore_errors=True)


def _sqlite() -> dict[str, Any]:
    if IS_TEST_RUN:
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        atexit.register(_remove_folder)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "default.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "timeout": 20,
        },
        # A file, because threads and processes share it.
        "TEST": {"NAME": FOLDER / "test.sqlite3"},
    }


# No dependencies: a run of tests that need but one of the servers makes no other database.
_TEST_DATABASE = {"NAME": f"test_activejob_{RUN}", "DEPENDENCIES": []}


def _postgres() -> dict[str, Any] | None:
    found = services.postgres(start=IS_TEST_RUN)
    if found.url is None:
        return None
    return {**services.django_database(found.url), "TEST": _TEST_DATABASE}


def _mysql() -> dict[str, Any] | None:
    found = services.mysql(start=IS_TEST_RUN)
    if found.url is None:
        return None
    return {**services.django_database(found.url), "TEST": _TEST_DATABASE}


def _databases() -> dict[str, dict[str, Any]]:
    databases = {"default": _sqlite(), "postgres": _postgres(), "mysql": _mysql()}
    return {alias: database for alias, database in databases.items() if database}


SECRET_KEY = "only for tests"
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "German"), ("fr", "French")]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ROOT_URLCONF = "tests.urls"
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_activejob",
    "tests.shop",
]

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = _databases()

if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
else:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

ACTIVE_JOB = {"QUEUE_ADAPTER": "test"}
