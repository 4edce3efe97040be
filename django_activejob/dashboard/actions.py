"""What people can do with jobs, and with jobs in which status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from django_activejob.contracts import Inspector, JobQuery, JobRecord, Repaired, Status
from django_activejob.dashboard import permissions
from django_activejob.dashboard.visit import Visit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LIMIT: Final = 1000
"""How many jobs one action changes at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAction:
    """One thing to do with jobs; ``name`` is what inspectors call it.

    ``question`` and ``outcome`` take the number of jobs as ``n``.
    """

    name: str
    permission: str
    statuses: frozenset[Status]
    label: _StrPromise
    question: Any
    outcome: Any
    consequence: _StrPromise
    removes: bool = False
    is_final: bool = False

    @property
    def asks_back(self) -> bool:
        """Whether it cannot be undone, so that a job's own page asks back as lists do."""
        return self.removes or self.is_final

    def perform(self, inspector: Inspector, query: JobQuery) -> Repaired:
        """Does it to at most ``LIMIT`` of the jobs that the query means.

        Raises:
            UnsupportedAction: the adapter does not offer it.
            AdapterUnavailable: the store cannot be reached.
        """
        repair = getattr(inspector, self.name)
        repaired: Repaired = repair(query, limit=LIMIT)
        return repaired


RETRY: Final = JobAction(
    name="retry",
    permission=permissions.RETRY_JOBS,
    statuses=frozenset({"failed"}),
    label=_("Retry"),
    question=ngettext_lazy("Retry %(n)d job?", "Retry %(n)d jobs?", "n"),
    outcome=ngettext_lazy("%(n)d job is ready again.", "%(n)d jobs are ready again.", "n"),
    consequence=_("They become ready at once and start with a full number of tries."),
)
DISPATCH: Final = JobAction(
    name="dispatch",
    permission=permissions.DISPATCH_JOBS,
    statuses=frozenset({"scheduled", "blocked", "retrying"}),
    label=_("Run now"),
    question=ngettext_lazy("Run %(n)d job now?", "Run %(n)d jobs now?", "n"),
    outcome=ngettext_lazy("%(n)d job is ready now.", "%(n)d jobs are ready now.", "n"),
    consequence=_("They wait neither for their time nor for the permit of a limit."),
)
DISCARD: Final = JobAction(
    name="discard",
    permission=permissions.DISCARD_JOBS,
    statuses=frozenset({"scheduled", "blocked", "ready", "retrying", "failed", "finished"}),
    label=_("Discard"),
    question=ngettext_lazy("Discard %(n)d job?", "Discard %(n)d jobs?", "n"),
    outcome=ngettext_lazy("%(n)d job discarded.", "%(n)d jobs discarded.", "n"),
    consequence=_("They are removed for good, with their arguments and errors."),
    removes=True,
)
SET_ASIDE: Final = JobAction(
    name="set_aside",
    permission=permissions.DISCARD_JOBS,
    statuses=frozenset({"scheduled", "blocked", "ready", "retrying"}),
    label=_("Set aside"),
    question=ngettext_lazy("Set %(n)d job aside?", "Set %(n)d jobs aside?", "n"),
    outcome=ngettext_lazy(
        "%(n)d job set aside, among the failed.", "%(n)d jobs set aside, among the failed.", "n"
    ),
    consequence=_("They do not run: they stand among the failed until someone retries them."),
)
CANCEL: Final = JobAction(
    name="cancel",
    permission=permissions.CANCEL_JOBS,
    statuses=frozenset({"running"}),
    label=_("Cancel"),
    question=ngettext_lazy("Cancel %(n)d job?", "Cancel %(n)d jobs?", "n"),
    outcome=ngettext_lazy(
        "%(n)d job is asked to end, at its next checkpoint.",
        "%(n)d jobs are asked to end, at their next checkpoints.",
        "n",
    ),
    consequence=_(
        "They learn of it with the next beats of their processes. Coroutines end where they wait, "
        "other jobs at their next checkpoint; those without one run to their end."
    ),
    is_final=True,
)
ACTIONS: Final[Mapping[str, JobAction]] = {
    action.name: action for action in (RETRY, DISPATCH, SET_ASIDE, CANCEL, DISCARD)
}


def offered(visit: Visit, status: Status | None) -> list[JobAction]:
    """What this person can do, with this adapter, to jobs in a status; None means in any."""
    return [
        action
        for action in ACTIONS.values()
        if action.name in visit.inspector.actions
        and (status is None or status in action.statuses)
        and visit.may(action.permission)
    ]


def offered_for(visit: Visit, record: JobRecord) -> list[JobAction]:
    """What this person can do to a job; it is cancelled once."""
    found = offered(visit, record.status)
    return [each for each in found if each is not CANCEL or record.cancel_asked_at is None]
