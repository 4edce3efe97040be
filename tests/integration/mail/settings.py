"""The project, with mail: sent by SMTP, or queued first when MAIL_IS_QUEUED says so."""

from __future__ import annotations

import os

import django

from tests.integration.project.settings import *  # noqa: F403 - these are settings
from tests.integration.project.settings import ACTIVE_JOB

ROOT_URLCONF = "django.contrib.auth.urls"
DEFAULT_FROM_EMAIL = "shop@example.com"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {"subject.txt": "Reset it", "body.txt": "Token: {{ token }}"},
                )
            ]
        },
    }
]

QUEUED = "django_activejob.mail.backends.QueuedEmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
PORT = int(os.environ["MAIL_PORT"])
IS_QUEUED = os.environ.get("MAIL_IS_QUEUED") == "1"

if django.VERSION >= (6, 1):
    smtp = {"BACKEND": SMTP, "OPTIONS": {"host": "127.0.0.1", "port": PORT, "timeout": 10}}
    queued = {"BACKEND": QUEUED, "OPTIONS": {"using": "smtp"}}
    MAILERS = {"default": queued if IS_QUEUED else smtp, "smtp": smtp}
else:
    EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = "127.0.0.1", PORT, 10
    EMAIL_BACKEND = QUEUED if IS_QUEUED else SMTP
    ACTIVE_JOB = {**ACTIVE_JOB, "EMAIL_BACKEND": SMTP}
