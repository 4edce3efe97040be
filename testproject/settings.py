"""Settings of the demo: everything on one SQLite file, nothing else to start."""

from __future__ import annotations

import os
from pathlib import Path

import django

BASE = Path(__file__).resolve().parent
FOLDER = Path(os.environ.get("DEMO_FOLDER", BASE.parent / ".demo"))

SECRET_KEY = "for the demo on this machine only"
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
ROOT_URLCONF = "testproject.urls"
STATIC_URL = "static/"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_activejob",
    "testproject.working_it",
]

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
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

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "demo.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "timeout": 20,
        },
    },
}

ACTIVE_JOB = {
    "QUEUE_ADAPTER": "database",
    "WORKERS": [{"queues": ["default", "mailers"], "threads": 3, "processes": 2}],
}

# Mail takes its time, and lands on the inbox page.
MAIL_SECONDS = float(os.environ.get("DEMO_MAIL_SECONDS", "5"))
DEFAULT_FROM_EMAIL = "working-it@example.com"
_INBOX = "testproject.working_it.inbox.InboxBackend"

if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": _INBOX}}
else:
    EMAIL_BACKEND = _INBOX

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(message)s", "datefmt": "%H:%M:%S"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "django_activejob": {"handlers": ["console"], "level": "INFO"},
        "django.server": {"level": os.environ.get("DEMO_WEB_LOG", "INFO")},
    },
}
