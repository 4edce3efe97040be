"""Settings that a test hands over in the environment, as JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path

_GIVEN = json.loads(os.environ["INTEGRATION_SETTINGS"])

if _GIVEN["database"]["ENGINE"].endswith("mysql"):
    import pymysql

    pymysql.install_as_MySQLdb()

SECRET_KEY = "only for tests"
DEBUG = _GIVEN["debug"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_activejob",
    "tests.integration.project.work",
    *_GIVEN["apps"],
]
DATABASES = {"default": _GIVEN["database"]}
ACTIVE_JOB = _GIVEN["active_job"]

if "INTEGRATION_CLOCK" in os.environ:
    from tests.integration.project.skewed import skew

    skew(Path(os.environ["INTEGRATION_CLOCK"]))
if _GIVEN["caches"]:
    CACHES = _GIVEN["caches"]
    # One of the jobs asks for a rate, which the redis adapter does not keep.
    SILENCED_SYSTEM_CHECKS = ["activejob.E006"]
