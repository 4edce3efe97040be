"""A store in memory for tests, without any worker."""

from __future__ import annotations

from django_activejob.adapters.test.adapter import TestAdapter, clear_all

__all__ = ["TestAdapter", "clear_all"]
