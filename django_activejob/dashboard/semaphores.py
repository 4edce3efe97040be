"""The pages of the concurrency limits: who holds permits, who waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.admin.utils import unquote
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from django_activejob.contracts import SemaphoreRecord
from django_activejob.dashboard import permissions
from django_activejob.dashboard.rows import JobRow
from django_activejob.dashboard.text import number, visible
from django_activejob.dashboard.times import Moment, duration, moment
from django_activejob.dashboard.visit import Visit

PAGE_SIZE: Final = 50
SHOWN_HOLDERS: Final = 100
LONGEST_KEY: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class SemaphoreRow:
    """What the page says about one key."""

    key: str
    uri: str
    limit: str
    holders: str
    blocked: str
    is_full: bool
    duration: str
    waiting_since: Moment | None
    expires: Moment | None

    @classmethod
    def of(cls, visit: Visit, record: SemaphoreRecord) -> SemaphoreRow:
        """The line for a key."""
        return cls(
            key=visible(record.key),
            uri=visit.uri("semaphore_change", record.key),
            limit=number(record.limit),
            holders=number(record.holders),
            blocked=number(record.blocked),
            is_full=record.holders >= record.limit,
            duration=duration(record.duration),
            waiting_since=moment(record.oldest_blocked_at),
            expires=moment(record.expires_at),
        )


def show(visit: Visit) -> HttpResponse:
    """The keys of all limits, a page at a time."""
    demand_offered(visit)
    cursor = visit.request.GET.get("cursor") or None
    page = visit.inspector.semaphores(cursor=cursor, limit=PAGE_SIZE)
    here = "semaphore_changelist"
    following = {"cursor": page.next_cursor or ""}
    context = {
        "title": _("Semaphores"),
        "rows": [SemaphoreRow.of(visit, record) for record in page.semaphores],
        "is_first_page": cursor is None,
        "first_uri": visit.uri(here),
        "next_uri": page.next_cursor and visit.uri(here, parameters=following),
    }
    return visit.render("semaphores", context)


def show_one(visit: Visit, quoted_key: str) -> HttpResponse:
    """One key, with the jobs that hold its permits."""
    demand_offered(visit)
    key = unquote(quoted_key)
    jobs = visit.inspector.holders(key, limit=SHOWN_HOLDERS) if is_possible(key) else ()
    may_release = visit.may(permissions.RELEASE_SEMAPHORES)
    context = {
        "title": visible(key),
        "key": key,
        "rows": [JobRow.of(visit, job) for job in jobs],
        "is_cut": len(jobs) == SHOWN_HOLDERS,
        "shows_arguments": visit.may(permissions.VIEW_ARGUMENTS),
        "can_release": may_release and any(job.status == "running" for job in jobs),
        "semaphores_uri": visit.uri("semaphore_changelist"),
        "blocked_uri": _blocked_uri(visit, key),
    }
    return visit.render("semaphore", context)


def demand_offered(visit: Visit) -> None:
    """Lets only those on whose adapter shows its limits.

    Raises:
        Http404: it does not.
    """
    if "release" not in visit.inspector.actions:
        raise Http404(_("This adapter shows no limits."))


def is_possible(key: str) -> bool:
    """Whether a limit can have this key; others never reach a store."""
    return 0 < len(key) <= LONGEST_KEY and "\0" not in key


def _blocked_uri(visit: Visit, key: str) -> str | None:
    if "limit_key" not in visit.inspector.filters or not visit.may(permissions.VIEW_JOBS):
        return None
    return visit.uri("job_changelist", parameters={"status": "blocked", "limit_key": key})
