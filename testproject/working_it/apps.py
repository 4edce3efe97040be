"""The demo's app."""

from __future__ import annotations

from django.apps import AppConfig


class WorkingItConfig(AppConfig):
    """The demo's app."""

    name = "testproject.working_it"
    verbose_name = "Working It"
