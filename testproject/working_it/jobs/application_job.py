"""The parent of all jobs of this project."""

from __future__ import annotations

from django.db import OperationalError

from django_activejob import ActiveJob, discard_on, retry_on
from django_activejob.errors import RecordNotFound


@discard_on(RecordNotFound)
@retry_on(OperationalError)
class ApplicationJob(ActiveJob):
    """What all jobs of this project have in common."""
