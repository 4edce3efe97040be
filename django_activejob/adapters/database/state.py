"""The states of a job in the table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a job is in its life."""

    SCHEDULED = "scheduled", _("scheduled")
    BLOCKED = "blocked", _("blocked")
    READY = "ready", _("ready")
    RUNNING = "running", _("running")
    FAILED = "failed", _("failed")
    FINISHED = "finished", _("finished")
