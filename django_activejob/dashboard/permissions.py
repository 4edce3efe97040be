"""Who may do what: one permission for each thing that people can do here."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

APP_LABEL: Final = "django_activejob"

VIEW_JOBS: Final = "view_job"
VIEW_QUEUES: Final = "view_pause"
VIEW_ARGUMENTS: Final = "view_arguments"
RETRY_JOBS: Final = "retry_job"
DISCARD_JOBS: Final = "discard_job"
DISPATCH_JOBS: Final = "dispatch_job"
PAUSE_QUEUES: Final = "pause_queue"


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the person behind a request has one of the permissions above."""
    return bool(request.user.has_perm(f"{APP_LABEL}.{permission}"))


def may_see_queues(request: HttpRequest) -> bool:
    """Whether the queues may be seen: whoever sees the jobs sees where they wait."""
    return may(request, VIEW_QUEUES) or may(request, VIEW_JOBS)
