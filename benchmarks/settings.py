"""Settings of the benchmarks; BENCHMARK_DATABASE is a JSON dict for DATABASES["default"].

BENCHMARK_REDIS, where it is set, is the URL of the Redis that keeps the jobs.
"""

from __future__ import annotations

import json
import os

SECRET_KEY = "only for benchmarks"  # noqa: S105 - keeps nothing secret
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_activejob", "benchmarks"]
DATABASES = {"default": json.loads(os.environ["BENCHMARK_DATABASE"])}
ACTIVE_JOB = {"QUEUE_ADAPTER": "database"}
if "BENCHMARK_REDIS" in os.environ:
    _redis = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ["BENCHMARK_REDIS"]}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}, "jobs": _redis}
    ACTIVE_JOB = {
        "QUEUE_ADAPTER": "redis",
        "ADAPTERS": {"redis": {"ADAPTER": "redis", "OPTIONS": {"cache": "jobs"}}},
    }
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"django_activejob": {"level": "WARNING"}},
}
