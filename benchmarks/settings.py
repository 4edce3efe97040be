"""Settings of the benchmarks; BENCHMARK_DATABASE is a JSON dict for DATABASES["default"]."""

from __future__ import annotations

import json
import os

SECRET_KEY = "only for benchmarks"  # noqa: S105 - keeps nothing secret
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_activejob", "benchmarks"]
DATABASES = {"default": json.loads(os.environ["BENCHMARK_DATABASE"])}
ACTIVE_JOB = {"QUEUE_ADAPTER": "database"}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"django_activejob": {"level": "WARNING"}},
}
