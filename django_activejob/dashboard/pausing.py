"""Pausing queues, resuming them, and the way to clearing them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from django_activejob.dashboard import audit, permissions
from django_activejob.dashboard.clearing import clear
from django_activejob.dashboard.filters import LONGEST_NAME
from django_activejob.dashboard.text import visible
from django_activejob.dashboard.visit import Visit
from django_activejob.errors import UnsupportedAction


def act(visit: Visit) -> HttpResponse:
    """Pauses, resumes or clears the queue that the form names.

    Raises:
        PermissionDenied: this person may not do that.
        BadRequest: the form asks for none of that, or names no queue.
    """
    action = visit.request.POST.get("action")
    visit.demand(permissions.CLEAR_QUEUES if action == "clear" else permissions.PAUSE_QUEUES)
    queue = visit.request.POST.get("queue", "")
    if not queue or len(queue) > LONGEST_NAME or "\0" in queue:
        raise BadRequest("The form names no queue.")
    return clear(visit, queue) if action == "clear" else _pause_or_resume(visit, queue)


def _pause_or_resume(visit: Visit, queue: str) -> HttpResponse:
    try:
        message = _change(visit, visit.request.POST.get("action"), queue)
    except UnsupportedAction:
        messages.error(visit.request, _("This adapter does not offer that."))
    else:
        audit.note_change(visit, queue, message)
        messages.success(visit.request, message)
    return HttpResponseRedirect(visit.uri("pause_changelist"))


def _change(visit: Visit, action: str | None, queue: str) -> str:
    if action == "pause":
        visit.inspector.pause(queue)
        text = _("Queue %(queue)s is paused: no more of its jobs start.")
    elif action == "resume":
        visit.inspector.resume(queue)
        text = _("Queue %(queue)s is resumed: its jobs start again.")
    else:
        raise BadRequest("The form asks neither to pause nor to resume.")
    return text % {"queue": visible(queue)}
