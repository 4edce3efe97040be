"""The addresses of the pages."""

from __future__ import annotations

from django.urls import reverse

JOBS = "admin:django_activejob_job_changelist"
ACT = "admin:django_activejob_job_act"
JOB = "admin:django_activejob_job_change"
RAW = "admin:django_activejob_job_raw"
QUEUES = "admin:django_activejob_pause_changelist"
PAUSE = "admin:django_activejob_pause_act"


def to(name: str, *captured: str) -> str:
    """The path of a page."""
    return reverse(name, args=captured)
