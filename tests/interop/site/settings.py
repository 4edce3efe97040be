"""The settings of a Django site that shares its queues with a Rails application."""

from __future__ import annotations

import os

SECRET_KEY = "only for tests"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_activejob",
    "tests.shop",
    "tests.interop.site.work",
]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SITE_DATABASE"]},
}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
    },
}
ACTIVE_JOB = {
    "QUEUE_ADAPTER": "redis",
    "ADAPTERS": {
        "redis": {"ADAPTER": "redis", "OPTIONS": {"cache": "default", "polling_interval": 0.1}},
    },
    "WORKERS": [{"queues": ["python", "default"], "threads": 2}],
    "GLOBAL_ID_APP": "testproject",
    "BEAT_INTERVAL": 0.3,
    "SELF_FENCE_AFTER": 3,
    "DEAD_AFTER": 4,
    "MAINTENANCE_INTERVAL": 0.5,
}
