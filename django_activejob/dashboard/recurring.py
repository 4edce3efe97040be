"""The page of the recurring tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _

from django_activejob import clock
from django_activejob.contracts import JobQuery, JobRecord, RecurringTask, Tick
from django_activejob.dashboard import permissions
from django_activejob.dashboard.schedules import Plan, plan_of
from django_activejob.dashboard.statuses import WORDS
from django_activejob.dashboard.text import shortened, visible
from django_activejob.dashboard.times import Moment, moment
from django_activejob.dashboard.visit import Visit
from django_activejob.errors import UnknownJobClass
from django_activejob.job import registry
from django_activejob.job.enqueuing import adapter_of
from django_activejob.serialization import markers

LONGEST_ARGUMENTS: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class TickRow:
    """A moment of a task with what became of its job; no ``status`` when that is cleared away.

    ``is_elsewhere``: the job went to another adapter than the one that keeps the task.
    """

    run_at: Moment | None
    uri: str | None
    status: str
    status_label: str
    is_elsewhere: bool

    @classmethod
    def of(
        cls, visit: Visit, tick: Tick, jobs: Mapping[str, JobRecord], *, is_elsewhere: bool
    ) -> TickRow:
        """The line for a tick, with those of the jobs that are still there."""
        job = None if is_elsewhere else jobs.get(tick.provider_job_id or "")
        may_see = visit.may(permissions.VIEW_JOBS)
        return cls(
            run_at=moment(tick.run_at),
            uri=visit.uri("job_change", job.id) if job and may_see else None,
            status=job.status if job else "",
            status_label=str(WORDS[job.status].label) if job else "",
            is_elsewhere=is_elsewhere,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """What the page says about a task; ``arguments`` is None for those who may not see them.

    ``last`` is the last moment of the task, and ``result`` its tick, None when no job was
    enqueued then, or when that is too long ago to be known.
    """

    key: str
    name: str
    uri: str
    job_class: str
    description: str
    arguments: str | None
    plan: Plan
    next: Moment | None
    last: Moment | None
    result: TickRow | None
    is_known: bool
    is_static: bool
    is_enabled: bool

    @classmethod
    def of(
        cls, visit: Visit, task: RecurringTask, result: TickRow | None, *, now: datetime
    ) -> TaskRow:
        """The line for a task."""
        plan = plan_of(task, now=now)
        job_class = str(plan.definition.job) if plan.definition else ""
        may_see = visit.may(permissions.VIEW_ARGUMENTS)
        return cls(
            key=task.key,
            name=visible(task.key),
            uri=visit.uri("recurringtask_change", task.key),
            job_class=visible(job_class),
            description=visible(str(plan.definition.description)) if plan.definition else "",
            arguments=_arguments(plan) if may_see else None,
            plan=plan,
            next=moment(plan.next),
            last=moment(task.last_tick_at),
            result=result,
            is_known=registry.is_known(job_class),
            is_static=task.is_static,
            is_enabled=task.is_enabled,
        )


def show(visit: Visit) -> HttpResponse:
    """All recurring tasks of the adapter."""
    store = visit.tasks
    tasks, now = store.tasks(), clock.now()
    results = _results(visit, {task.key: task for task in tasks})
    rows = [TaskRow.of(visit, task, results.get(task.key), now=now) for task in tasks]
    context = {"title": _("Recurring tasks"), "rows": rows, **allowed(visit)}
    return visit.render("recurring", context)


def _results(visit: Visit, tasks: Mapping[str, RecurringTask]) -> dict[str, TickRow]:
    """The last tick of each task, by its key."""
    ticks = [tick for tick in visit.tasks.latest_ticks() if tick.key in tasks]
    elsewhere = {tick.key for tick in ticks if goes_elsewhere(visit, tasks[tick.key])}
    jobs = jobs_of(visit, [tick for tick in ticks if tick.key not in elsewhere])
    return {
        tick.key: TickRow.of(visit, tick, jobs, is_elsewhere=tick.key in elsewhere)
        for tick in ticks
    }


def goes_elsewhere(visit: Visit, task: RecurringTask) -> bool:
    """Whether the jobs of a task go to another adapter, whose ids say nothing in this one."""
    try:
        job_class = registry.find(str(task.definition.get("job")))
    except UnknownJobClass:
        return False
    return adapter_of(job_class) is not visit.adapter


def jobs_of(visit: Visit, ticks: Sequence[Tick]) -> dict[str, JobRecord]:
    """The jobs of some ticks that are still there, by the adapter's ids."""
    ids = tuple(tick.provider_job_id for tick in ticks if tick.provider_job_id)
    if not ids:
        return {}
    return {job.id: job for job in visit.inspector.jobs(JobQuery(ids=ids), limit=len(ids)).jobs}


def allowed(visit: Visit) -> dict[str, Any]:
    """What this person may do with recurring tasks, for a template."""
    may_manage = visit.may(permissions.MANAGE_RECURRING)
    return {
        "can_run": visit.may(permissions.RUN_RECURRING),
        "can_enable": visit.may(permissions.ENABLE_RECURRING),
        "can_add": may_manage,
        "add_uri": visit.uri("recurringtask_add"),
        "can_delete": may_manage,
        "can_edit": may_manage and visit.may(permissions.VIEW_ARGUMENTS),
    }


def _arguments(plan: Plan) -> str:
    if plan.definition is None:
        return ""
    written = markers.describe(plan.definition.arguments, limit=LONGEST_ARGUMENTS)
    return shortened(written, LONGEST_ARGUMENTS)
