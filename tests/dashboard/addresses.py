"""The addresses of the pages."""

from __future__ import annotations

from django.urls import reverse

OVERVIEW = "admin:django_activejob_tally_changelist"
JOBS = "admin:django_activejob_job_changelist"
ACT = "admin:django_activejob_job_act"
JOB = "admin:django_activejob_job_change"
RAW = "admin:django_activejob_job_raw"
QUEUES = "admin:django_activejob_pause_changelist"
PAUSE = "admin:django_activejob_pause_act"
PROCESSES = "admin:django_activejob_process_changelist"
COMMAND = "admin:django_activejob_process_act"
TASKS = "admin:django_activejob_recurringtask_changelist"
TASK = "admin:django_activejob_recurringtask_change"
TASK_ACT = "admin:django_activejob_recurringtask_act"
ADD_TASK = "admin:django_activejob_recurringtask_add"
SEMAPHORES = "admin:django_activejob_semaphore_changelist"
SEMAPHORE = "admin:django_activejob_semaphore_change"
RELEASE = "admin:django_activejob_semaphore_act"
EDIT_TASK = "admin:django_activejob_recurringtask_edit"


def to(name: str, *captured: str) -> str:
    """The path of a page."""
    return reverse(name, args=captured)
