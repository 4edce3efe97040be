"""The parts that the pages fall into, and the ways between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from django_activejob.contracts import Inspector, JobQuery, QueueAdapter
from django_activejob.dashboard import permissions
from django_activejob.dashboard.text import count, number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


FAILED_CAP: Final = 1_000


def _always(adapter: QueueAdapter) -> bool:
    return True


def _keeps_recurring_tasks(adapter: QueueAdapter) -> bool:
    return adapter.recurring() is not None


def _shows_limits(adapter: QueueAdapter) -> bool:
    inspector = adapter.inspector()
    return inspector is not None and "release" in inspector.actions


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A number for people to have in sight; ``is_bad`` when it wants to be looked into."""

    text: str
    meaning: str
    is_bad: bool


def _failed(inspector: Inspector) -> Badge | None:
    if "failed" not in inspector.statuses:
        return None
    counted = inspector.count(JobQuery(status="failed"), cap=FAILED_CAP)
    if not counted.number:
        return None
    return Badge(text=count(counted), meaning=_gettext("failed"), is_bad=True)


def _processes(inspector: Inspector) -> Badge | None:
    found = len(inspector.processes())
    return Badge(text=number(found), meaning=_gettext("registered"), is_bad=not found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part: the pages that an admin site keeps under one model.

    ``is_offered`` says whether an adapter has anything for it; ``badge`` is the number that
    its way shows on every page.
    """

    model: str
    label: _StrPromise
    permission: str
    is_offered: Callable[[QueueAdapter], bool] = _always
    badge: Callable[[Inspector], Badge | None] | None = None

    @property
    def page(self) -> str:
        """The name of its first page."""
        return f"{self.model}_changelist"


SECTIONS: Final = (
    Section(model="tally", label=_("Overview"), permission=permissions.VIEW_OVERVIEW),
    Section(model="job", label=_("Jobs"), permission=permissions.VIEW_JOBS, badge=_failed),
    Section(model="pause", label=_("Queues"), permission=permissions.VIEW_QUEUES),
    Section(
        model="process",
        label=_("Processes"),
        permission=permissions.VIEW_PROCESSES,
        badge=_processes,
    ),
    Section(
        model="recurringtask",
        label=_("Recurring tasks"),
        permission=permissions.VIEW_RECURRING,
        is_offered=_keeps_recurring_tasks,
    ),
    Section(
        model="semaphore",
        label=_("Semaphores"),
        permission=permissions.VIEW_SEMAPHORES,
        is_offered=_shows_limits,
    ),
)


def sections(request: HttpRequest, adapter: QueueAdapter) -> Iterator[Section]:
    """The sections that a person may see, of those that an adapter has."""
    for section in SECTIONS:
        if permissions.may_see(request, section.permission) and section.is_offered(adapter):
            yield section
