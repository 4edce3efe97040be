"""How many jobs with one key run at once or start in a period, and which job is the only one."""

from __future__ import annotations

from django_activejob.limits.concurrency import limits_concurrency
from django_activejob.limits.throttling import throttle
from django_activejob.limits.uniqueness import unique_for

__all__ = ["limits_concurrency", "throttle", "unique_for"]
