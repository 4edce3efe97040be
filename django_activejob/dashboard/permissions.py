"""Who may do what: one permission for each thing that people can do here."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

APP_LABEL: Final = "django_activejob"

VIEW_OVERVIEW: Final = "view_tally"
VIEW_JOBS: Final = "view_job"
VIEW_QUEUES: Final = "view_pause"
VIEW_PROCESSES: Final = "view_process"
VIEW_RECURRING: Final = "view_recurringtask"
VIEW_SEMAPHORES: Final = "view_semaphore"
VIEW_ARGUMENTS: Final = "view_arguments"
RETRY_JOBS: Final = "retry_job"
DISCARD_JOBS: Final = "discard_job"
DISPATCH_JOBS: Final = "dispatch_job"
CANCEL_JOBS: Final = "cancel_job"
PAUSE_QUEUES: Final = "pause_queue"
CLEAR_QUEUES: Final = "clear_queue"
CONTROL_PROCESSES: Final = "control_process"
RUN_RECURRING: Final = "run_recurringtask"
ENABLE_RECURRING: Final = "enable_recurringtask"
MANAGE_RECURRING: Final = "manage_recurringtask"
RELEASE_SEMAPHORES: Final = "release_semaphore"


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the person behind a request has one of the permissions above."""
    return bool(request.user.has_perm(f"{APP_LABEL}.{permission}"))


def may_see(request: HttpRequest, permission: str) -> bool:
    """Whether pages may be seen that have a permission to view them of their own.

    Whoever sees the jobs sees where they wait, who runs them, and when others come.
    """
    return may(request, permission) or may(request, VIEW_JOBS)
