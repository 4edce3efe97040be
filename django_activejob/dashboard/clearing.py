"""Emptying a queue, after asking back."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from django_activejob.contracts import JobQuery, Repaired, Status
from django_activejob.dashboard import audit, permissions
from django_activejob.dashboard.asking import Question, ask, is_confirmed
from django_activejob.dashboard.text import number, visible
from django_activejob.dashboard.visit import Visit
from django_activejob.errors import UnsupportedAction

LIMIT: Final = 5_000
"""How many jobs one click removes at most."""

COUNT_CAP: Final = 100_000

_WAITING: Final[tuple[Status, ...]] = ("ready", "blocked")


def clear(visit: Visit, queue: str) -> HttpResponse:
    """Removes the jobs that wait in a queue.

    Raises:
        PermissionDenied: this person may not do that.
    """
    visit.demand(permissions.CLEAR_QUEUES)
    if not is_confirmed(visit):
        return _ask(visit, queue)
    try:
        repaired = visit.inspector.clear(queue, limit=LIMIT)
    except UnsupportedAction:
        messages.error(visit.request, _("This adapter does not offer that."))
    else:
        _tell(visit, queue, repaired)
    return HttpResponseRedirect(visit.uri("pause_changelist"))


def _ask(visit: Visit, queue: str) -> HttpResponse:
    waiting = _how_many(visit, queue)
    question = Question(
        title=_("Clear the queue %(queue)s?") % {"queue": visible(queue)},
        text=waiting
        + " "
        + _(
            "They are removed for good, with their arguments. Jobs that run, are scheduled or have "
            "failed stay. Permits of limits that the removed jobs hold are free for others."
        ),
        label=pgettext("a queue", "Clear"),
        fields=[("action", "clear"), ("queue", queue)],
        back_uri=visit.uri("pause_changelist"),
    )
    return ask(visit, question)


def _how_many(visit: Visit, queue: str) -> str:
    statuses = [status for status in _WAITING if status in visit.inspector.statuses]
    counts = [
        visit.inspector.count(JobQuery(status=status, queue=queue), cap=COUNT_CAP)
        for status in statuses
    ]
    total = sum(found.number for found in counts)
    shown = number(total) + ("+" if any(found.capped for found in counts) else "")
    return ngettext("%(n)s job waits in it.", "%(n)s jobs wait in it.", total) % {"n": shown}


def _tell(visit: Visit, queue: str, repaired: Repaired) -> None:
    told = ngettext(
        "%(n)d job is removed from the queue %(queue)s.",
        "%(n)d jobs are removed from the queue %(queue)s.",
        repaired.done,
    ) % {"n": repaired.done, "queue": visible(queue)}
    if repaired.done:
        audit.note_change(visit, queue, told)
    messages.success(visit.request, told)
    if repaired.more:
        text = _("That was the most that one action does: more jobs wait. Do it again for those.")
        messages.warning(visit.request, text)
