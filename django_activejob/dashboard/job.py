"""The page of one job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import unquote
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from django_activejob.contracts import JobRecord
from django_activejob.dashboard import actions, arguments, permissions
from django_activejob.dashboard.attempts import AttemptRow, ErrorText
from django_activejob.dashboard.facts import Fact
from django_activejob.dashboard.ids import is_possible
from django_activejob.dashboard.rows import JobRow
from django_activejob.dashboard.text import visible
from django_activejob.dashboard.timeline import timeline
from django_activejob.dashboard.times import moment
from django_activejob.dashboard.visit import Visit


def show(visit: Visit, quoted_id: str) -> HttpResponse:
    """All that is known about a job, and what can be done with it."""
    record = _find(visit, unquote(quoted_id))
    if record is None:
        return visit.render("gone", {"title": _("This job is no longer here")}, status=404)
    attempts, secrets = visit.inspector.attempts(record.id), arguments.secrets(record)
    context = {
        "title": visible(record.job_class),
        "subtitle": visible(record.job_id),
        "row": JobRow.of(visit, record),
        "is_readable": record.payload is not None,
        "facts": list(_facts(visit, record)),
        "cancel_asked": moment(record.cancel_asked_at),
        "timeline": timeline(record),
        "error": ErrorText.of(record.error, secrets=secrets) if record.error else None,
        "attempts": [AttemptRow.of(attempt, secrets=secrets) for attempt in attempts],
        "actions": actions.offered_for(visit, record),
        **_arguments(visit, record),
    }
    return visit.render("job", context)


def show_raw(visit: Visit, quoted_id: str) -> HttpResponse:
    """The payload of a job as it is stored, but for what is masked, to be saved as a file.

    Raises:
        PermissionDenied: this person may not see arguments.
        Http404: there is no such job.
    """
    visit.demand(permissions.VIEW_ARGUMENTS)
    record = _find(visit, unquote(quoted_id))
    if record is None:
        raise Http404(_("This job is no longer here"))
    stored = arguments.stored(record).encode("utf-8", "backslashreplace")
    headers = {
        "Content-Disposition": 'attachment; filename="job.json"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(stored, content_type="application/json", headers=headers)


def _find(visit: Visit, id: str) -> JobRecord | None:
    return visit.inspector.find(id) if is_possible(id) else None


def _arguments(visit: Visit, record: JobRecord) -> dict[str, Any]:
    if not visit.may(permissions.VIEW_ARGUMENTS):
        return {"shows_arguments": False}
    return {
        "shows_arguments": True,
        "arguments": arguments.listed(record),
        "arguments_size": arguments.size_if_large(record),
        "raw": arguments.raw(record),
        "raw_uri": visit.uri("job_raw", record.id),
    }


def _facts(visit: Visit, record: JobRecord) -> Iterator[Fact]:
    row = JobRow.of(visit, record)
    yield Fact(name=_("Queue"), value=row.queue, uri=row.queue_uri)
    yield Fact(name=_("Priority"), value=row.priority)
    yield Fact(name=_("Attempts"), value=str(record.executions))
    if record.crashes:
        yield Fact(name=_("Crashes"), value=str(record.crashes))
    yield from _origins(visit, record)
    yield Fact(name=_("Job id"), value=visible(record.job_id))
    yield Fact(name=_("Id in the adapter"), value=visible(record.id))
    if record.payload is not None:
        yield Fact(name=_("Language"), value=_text(record.payload.get("locale")))
        yield Fact(name=_("Time zone"), value=_text(record.payload.get("timezone")))


def _origins(visit: Visit, record: JobRecord) -> Iterator[Fact]:
    """What else the job belongs to, with the ways to it."""
    filters = visit.inspector.filters
    for label, name, value in (
        (_("Process"), "process", record.process_id),
        (_("Recurring task"), "recurring", record.recurring_key),
        (_("Batch"), "batch", record.batch_id),
        (_("Key of the limit"), "limit_key", record.limit_key),
    ):
        if value:
            uri = visit.uri("job_changelist", parameters={name: value})
            yield Fact(name=label, value=visible(value), uri=uri if name in filters else None)


def _text(value: object) -> str:
    return "–" if value is None else visible(str(value))
