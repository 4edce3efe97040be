"""What a posted form asks to be done, and to which jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import BadRequest

from django_activejob.contracts import JobQuery
from django_activejob.dashboard.actions import ACTIONS, LIMIT, JobAction
from django_activejob.dashboard.filters import FilterForm
from django_activejob.dashboard.ids import is_possible
from django_activejob.dashboard.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An action and its jobs: those ticked, or, with ``is_whole``, all that match a filter.

    The query holds the status that the page showed: a job that has moved on since
    is left alone. ``origin`` is the id of the job whose page the form stood on.
    """

    action: JobAction
    query: JobQuery
    is_whole: bool
    is_confirmed: bool
    parameters: dict[str, str]
    origin: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ticked."""
        return not self.is_whole and not self.query.ids

    def fields(self) -> Iterator[tuple[str, str]]:
        """The form once more, for the page that asks back."""
        yield "action", self.action.name
        yield "scope", "matching" if self.is_whole else "ticked"
        yield from self.parameters.items()
        yield from (("id", id) for id in self.query.ids)
        if self.origin:
            yield "origin", self.origin


def read(visit: Visit) -> Order:
    """The order that a request carries.

    Raises:
        BadRequest: it names no action, a wrong filter, or all jobs of any status.
    """
    posted = visit.request.POST
    action = ACTIONS.get(posted.get("action", ""))
    form = FilterForm(posted, visit=visit)
    if action is None or not form.is_valid():
        raise BadRequest("The form names no action, or no such jobs.")
    is_whole = posted.get("scope") == "matching"
    if is_whole and form.cleaned_data["status"] not in action.statuses:
        raise BadRequest("This action is not for all jobs of this status.")
    return Order(
        action=action,
        query=form.query if is_whole else _ticked(form, posted.getlist("id")),
        is_whole=is_whole,
        is_confirmed="confirmed" in posted,
        parameters=form.parameters(),
        origin=posted.get("origin"),
    )


def _ticked(form: FilterForm, ids: list[str]) -> JobQuery:
    possible = dict.fromkeys(filter(is_possible, ids))
    return JobQuery(status=form.asked_status, ids=tuple(possible)[:LIMIT])
