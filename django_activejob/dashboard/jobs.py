"""The page of all jobs, by status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _

from django_activejob.contracts import Count, Page, Status
from django_activejob.dashboard import actions, permissions
from django_activejob.dashboard.filters import FilterForm
from django_activejob.dashboard.rows import JobRow
from django_activejob.dashboard.statuses import WORDS
from django_activejob.dashboard.text import count, number, visible
from django_activejob.dashboard.visit import Visit

PAGE_SIZE: Final = 50
COUNT_CAP: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """The way to the jobs of one status; ``status`` is None for all."""

    status: Status | None
    label: str
    uri: str
    counted: Count | None
    is_current: bool

    @property
    def count(self) -> str:
        """How many jobs are behind it, as in ``10,000+``; empty where nobody counted."""
        return count(self.counted) if self.counted else ""


def show(visit: Visit) -> HttpResponse:
    """The jobs that match the filter in the address, a page at a time."""
    form = FilterForm(visit.request.GET, visit=visit)
    if not form.is_valid():
        return visit.render("jobs", {**_frame(visit, form), "tabs": []}, status=400)
    cursor = visit.request.GET.get("cursor")
    page = visit.inspector.jobs(form.query, cursor=cursor or None, limit=PAGE_SIZE)
    tabs = _tabs(visit, form)
    context = {
        **_frame(visit, form),
        **_choices(visit),
        **_list(visit, form, page),
        "tabs": tabs,
        "matching": next(tab.count for tab in tabs if tab.is_current),
    }
    return visit.render("jobs", context)


def _frame(visit: Visit, form: FilterForm) -> dict[str, Any]:
    return {"title": _("Jobs"), "filter": form, "clear_uri": visit.uri("job_changelist")}


def _choices(visit: Visit) -> dict[str, Any]:
    filters = visit.inspector.filters
    queues = visit.inspector.queue_names() if "queue" in filters else ()
    classes = visit.inspector.job_classes() if "job_class" in filters else ()
    return {
        "queue_names": [visible(name) for name in queues],
        "job_classes": [visible(name) for name in classes],
    }


def _list(visit: Visit, form: FilterForm, page: Page) -> dict[str, Any]:
    status = form.asked_status
    following = {**form.parameters(), "cursor": page.next_cursor or ""}
    return {
        "status": status,
        "words": WORDS[status] if status else None,
        "rows": [JobRow.of(visit, record) for record in page.jobs],
        "actions": actions.offered(visit, status),
        "shows_arguments": visit.may(permissions.VIEW_ARGUMENTS),
        "shows_keys": status == "blocked",
        "shows_errors": status in (None, "retrying", "failed"),
        "is_first_page": not visit.request.GET.get("cursor"),
        "first_uri": visit.uri("job_changelist", parameters=form.parameters()),
        "searched": page.searched and number(page.searched),
        "next_uri": page.next_cursor and visit.uri("job_changelist", parameters=following),
        "unfiltered_uri": visit.uri(
            "job_changelist", parameters={"status": status} if status else {}
        ),
    }


def _tabs(visit: Visit, form: FilterForm) -> list[Tab]:
    counted = _counted(visit, form)
    return [_tab(visit, form, status, counted[status]) for status in counted]


def _counted(visit: Visit, form: FilterForm) -> dict[Status | None, Count | None]:
    """How many jobs of each status, and in all, match a filter.

    To search the arguments is the dearest thing to ask: it is done for the current tab alone.
    """
    statuses: list[Status] = [one for one in WORDS if one in visit.inspector.statuses]
    if form.query.search:
        searched = visit.inspector.count(form.query, cap=COUNT_CAP)
        others: list[Status | None] = [None, *statuses]
        return {one: searched if one == form.asked_status else None for one in others}
    found = [
        visit.inspector.count(replace(form.query, status=status), cap=COUNT_CAP)
        for status in statuses
    ]
    counted: dict[Status | None, Count | None] = {None: _total(found)}
    for status, number_of_it in zip(statuses, found, strict=True):
        counted[status] = number_of_it
    return counted


def _total(counts: Sequence[Count]) -> Count:
    total = sum(count.number for count in counts)
    capped = any(count.capped for count in counts) or total > COUNT_CAP
    return Count(number=min(COUNT_CAP, total), capped=capped)


def _tab(visit: Visit, form: FilterForm, status: Status | None, counted: Count | None) -> Tab:
    parameters = form.parameters()
    parameters.pop("status", None)
    if status:
        parameters["status"] = status
    return Tab(
        status=status,
        label=str(WORDS[status].label) if status else _("All"),
        uri=visit.uri("job_changelist", parameters=parameters),
        counted=counted,
        is_current=form.asked_status == status,
    )
