"""Doing something to jobs: ask back, do it, say what came of it."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_activejob.contracts import Repaired
from django_activejob.dashboard import audit, orders, permissions
from django_activejob.dashboard.actions import LIMIT
from django_activejob.dashboard.orders import Order
from django_activejob.dashboard.rows import JobRow
from django_activejob.dashboard.text import count, number
from django_activejob.dashboard.visit import Visit
from django_activejob.errors import UnsupportedAction

SHOWN = 10
"""How many of the jobs the page that asks back lists."""


def act(visit: Visit) -> HttpResponse:
    """Retries, discards or dispatches jobs.

    What cannot be undone, and what comes from a list, is confirmed on a page of its own.

    Raises:
        PermissionDenied: this person may not do that.
        BadRequest: the form asks for nothing that there is.
    """
    order = orders.read(visit)
    visit.demand(order.action.permission)
    if order.is_empty:
        messages.warning(visit.request, _("No job was ticked, so nothing was done."))
        return HttpResponseRedirect(_origin(visit, order))
    return _do(visit, order) if order.is_confirmed else _ask(visit, order)


def _ask(visit: Visit, order: Order) -> HttpResponse:
    found = visit.inspector.count(order.query, cap=10_000)
    page = visit.inspector.jobs(order.query, limit=SHOWN)
    context = {
        "title": order.action.question % {"n": found.number},
        "order": order,
        "shows_arguments": visit.may(permissions.VIEW_ARGUMENTS),
        "rows": [JobRow.of(visit, record) for record in page.jobs],
        "number": count(found),
        "remaining": number(max(0, found.number - len(page.jobs))),
        "has_more": found.number > len(page.jobs),
        "limit": number(LIMIT) if found.number > LIMIT else None,
        "back_uri": _origin(visit, order),
    }
    return visit.render("confirm", context)


def _do(visit: Visit, order: Order) -> HttpResponse:
    subject = audit.subject_of(visit, order)
    try:
        repaired = _counted(order, order.action.perform(visit.inspector, order.query))
    except UnsupportedAction:
        messages.error(visit.request, _("This adapter does not offer that."))
        return HttpResponseRedirect(_origin(visit, order))
    if repaired.done:
        audit.note(visit, subject, order, repaired)
    _tell(visit, order, repaired)
    return HttpResponseRedirect(_destination(visit, order, repaired))


def _counted(order: Order, repaired: Repaired) -> Repaired:
    """Counts ticked jobs that the query, with its status, did not find any more as skipped."""
    missing = len(order.query.ids) - repaired.done
    if order.is_whole or repaired.more:
        return repaired
    return replace(repaired, skipped=max(repaired.skipped, missing))


def _tell(visit: Visit, order: Order, repaired: Repaired) -> None:
    request = visit.request
    if repaired.done:
        messages.success(request, order.action.outcome % {"n": repaired.done})
    if repaired.skipped:
        messages.warning(request, _moved_on(repaired.skipped))
    if repaired.more:
        text = _("That was the most that one action does: more jobs match. Do it again for those.")
        messages.warning(request, text)
    if not (repaired.done or repaired.skipped):
        messages.warning(request, _("No job matched any more, so nothing was done."))


def _moved_on(skipped: int) -> str:
    return ngettext(
        "%(n)d job had moved on meanwhile and was left alone.",
        "%(n)d jobs had moved on meanwhile and were left alone.",
        skipped,
    ) % {"n": skipped}


def _origin(visit: Visit, order: Order) -> str:
    if order.origin:
        return visit.uri("job_change", order.origin)
    return visit.uri("job_changelist", parameters=order.parameters)


def _destination(visit: Visit, order: Order, repaired: Repaired) -> str:
    if order.action.removes and repaired.done:
        return visit.uri("job_changelist", parameters=order.parameters)
    return _origin(visit, order)
