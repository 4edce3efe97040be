"""The page of one recurring task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.contrib.admin.utils import unquote
from django.http import HttpResponse
from django.utils.translation import gettext as _

from django_activejob import clock
from django_activejob.contracts import RecurringTask
from django_activejob.dashboard.facts import Fact
from django_activejob.dashboard.recurring import (
    TaskRow,
    TickRow,
    allowed,
    goes_elsewhere,
    jobs_of,
)
from django_activejob.dashboard.text import visible
from django_activejob.dashboard.times import duration
from django_activejob.dashboard.visit import Visit
from django_activejob.recurring.definition import Definition

SHOWN_TICKS: Final = 50


def show(visit: Visit, quoted_key: str) -> HttpResponse:
    """A task: what it is, when it was due, and what became of its jobs."""
    task = find(visit, unquote(quoted_key))
    if task is None:
        return gone(visit)
    row = TaskRow.of(visit, task, None, now=clock.now())
    ticks = visit.tasks.ticks(task.key, limit=SHOWN_TICKS)
    is_elsewhere = goes_elsewhere(visit, task)
    jobs = {} if is_elsewhere else jobs_of(visit, ticks)
    context = {
        "title": row.name,
        "row": row,
        "facts": list(_facts(row)),
        "ticks": [TickRow.of(visit, one, jobs, is_elsewhere=is_elsewhere) for one in ticks],
        "tasks_uri": visit.uri("recurringtask_changelist"),
        "edit_uri": visit.uri("recurringtask_edit", task.key),
        "jobs_of_task_uri": _jobs_uri(visit, task),
        **allowed(visit),
    }
    return visit.render("recurring_task", context)


def find(visit: Visit, key: str) -> RecurringTask | None:
    """The task with a key that came from an address or a form."""
    return visit.tasks.find(key) if key.isprintable() else None


def gone(visit: Visit) -> HttpResponse:
    """What is answered about a task that is not there."""
    context = {
        "title": _("There is no such recurring task"),
        "tasks_uri": visit.uri("recurringtask_changelist"),
    }
    return visit.render("recurring_gone", context, status=404)


def _jobs_uri(visit: Visit, task: RecurringTask) -> str | None:
    if "recurring" not in visit.inspector.filters:
        return None
    return visit.uri("job_changelist", parameters={"recurring": task.key})


def _facts(row: TaskRow) -> Iterator[Fact]:
    definition = row.plan.definition
    yield Fact(name=_("Job class"), value=row.job_class or "–")
    if definition is not None:
        yield from _definition_facts(definition, row)
    yield Fact(
        name=_("Made"), value=_("in the settings") if row.is_static else _("at run time, by people")
    )


def _definition_facts(definition: Definition, row: TaskRow) -> Iterator[Fact]:
    if row.arguments is not None:
        yield Fact(name=_("Arguments"), value=row.arguments or "–")
    yield Fact(name=_("Schedule"), value=row.plan.text or row.plan.words)
    if row.plan.text and row.plan.words:
        yield Fact(name=_("In words"), value=row.plan.words)
    if row.plan.zone:
        yield Fact(name=_("Time zone"), value=row.plan.zone)
    yield Fact(name=_("Queue"), value=visible(definition.queue or _("that of the job class")))
    yield Fact(name=_("Priority"), value=_priority(definition))
    yield Fact(name=_("Missed ticks"), value=_misfire(definition))


def _priority(definition: Definition) -> str:
    return _("that of the job class") if definition.priority is None else str(definition.priority)


def _misfire(definition: Definition) -> str:
    meanings = {
        "skip": _("are skipped"),
        "run_once": _("the last one is made up for, within %(time)s"),
        "run_all": _("all are made up for, within %(time)s"),
    }
    meaning = meanings.get(definition.misfire, visible(str(definition.misfire)))
    return meaning.replace("%(time)s", duration(definition.grace))
