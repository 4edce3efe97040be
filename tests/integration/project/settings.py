"""Settings that a test hands over in the environment, as JSON."""

from __future__ import annotations

import json
import os

_GIVEN = json.loads(os.environ["INTEGRATION_SETTINGS"])

if _GIVEN["database"]["ENGINE"].endswith("mysql"):
    import pymysql

    pymysql.install_as_MySQLdb()

SECRET_KEY = "only for tests"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_activejob",
    "tests.integration.project.work",
]
DATABASES = {"default": _GIVEN["database"]}
ACTIVE_JOB = _GIVEN["active_job"]
