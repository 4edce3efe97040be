"""Doing something to a recurring task: run it now, switch it on or off, remove it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from django_activejob.contracts import RecurringTask
from django_activejob.dashboard import audit, permissions
from django_activejob.dashboard.asking import Question, ask, is_confirmed
from django_activejob.dashboard.recurring_task import find
from django_activejob.dashboard.text import visible
from django_activejob.dashboard.visit import Visit
from django_activejob.errors import ActiveJobError, AdapterUnavailable
from django_activejob.recurring.ticking import run_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do with a task; ``do`` returns what to say, None when nothing was done."""

    permission: str
    do: Callable[[Visit, RecurringTask], str | None]


def act(visit: Visit) -> HttpResponse:
    """Does what the form asks for with the task that it names.

    Raises:
        PermissionDenied: this person may not do that.
        BadRequest: the form asks for nothing that there is.
    """
    action = _ACTIONS.get(visit.request.POST.get("action", ""))
    if action is None:
        raise BadRequest("The form asks for nothing that can be done with a recurring task.")
    visit.demand(action.permission)
    task = find(visit, visit.request.POST.get("key", ""))
    if task is None:
        messages.warning(visit.request, _("This recurring task is gone; nothing was done."))
    elif action is _ACTIONS["delete"] and not is_confirmed(visit):
        return _ask(visit, task)
    elif told := action.do(visit, task):
        audit.note_change(visit, task.key, told)
        messages.success(visit.request, told)
    return HttpResponseRedirect(_destination(visit, task))


def _ask(visit: Visit, task: RecurringTask) -> HttpResponse:
    question = Question(
        title=_("Delete the recurring task %(key)s?") % {"key": visible(task.key)},
        text=_("It ticks no more. Jobs that it has enqueued stay."),
        label=_("Delete"),
        fields=[("action", "delete"), ("key", task.key)],
        back_uri=visit.uri("recurringtask_change", task.key),
    )
    return ask(visit, question)


def _run(visit: Visit, task: RecurringTask) -> str | None:
    try:
        job = run_now(task)
    except AdapterUnavailable:
        raise
    except (ActiveJobError, TypeError, ValueError) as error:
        messages.error(visit.request, visible(str(error)))
        return None
    if not job:
        text = _("No job was enqueued: a callback of the job class, or the adapter, refused it.")
        messages.warning(visit.request, text)
        return None
    return _("A job of %(key)s is enqueued, with the id %(id)s.") % {
        "key": visible(task.key),
        "id": job.job_id,
    }


def _enable(visit: Visit, task: RecurringTask) -> str | None:
    visit.tasks.enable(task.key, True)
    return _("%(key)s is enabled: it ticks again.") % {"key": visible(task.key)}


def _disable(visit: Visit, task: RecurringTask) -> str | None:
    visit.tasks.enable(task.key, False)
    return _("%(key)s is disabled: it ticks no more.") % {"key": visible(task.key)}


def _delete(visit: Visit, task: RecurringTask) -> str | None:
    if not visit.tasks.remove(task.key):
        text = _("%(key)s stands in the settings; remove it there.")
        messages.error(visit.request, text % {"key": visible(task.key)})
        return None
    return _("%(key)s is deleted.") % {"key": visible(task.key)}


_ACTIONS: Final[Mapping[str, Action]] = {
    "run": Action(permission=permissions.RUN_RECURRING, do=_run),
    "enable": Action(permission=permissions.ENABLE_RECURRING, do=_enable),
    "disable": Action(permission=permissions.ENABLE_RECURRING, do=_disable),
    "delete": Action(permission=permissions.MANAGE_RECURRING, do=_delete),
}


def _destination(visit: Visit, task: RecurringTask | None) -> str:
    is_from_its_page = "origin" in visit.request.POST
    if task is None or not is_from_its_page:
        return visit.uri("recurringtask_changelist")
    return visit.uri("recurringtask_change", task.key)
