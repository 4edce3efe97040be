"""The pages with the form of a recurring task."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from django_activejob import clock
from django_activejob.dashboard import audit, permissions
from django_activejob.dashboard.recurring_form import TaskForm, initial_of
from django_activejob.dashboard.recurring_task import find, gone
from django_activejob.dashboard.schedules import plan_of
from django_activejob.dashboard.text import visible
from django_activejob.dashboard.visit import Visit
from django_activejob.job import registry


def add(visit: Visit) -> HttpResponse:
    """Makes a recurring task.

    Raises:
        PermissionDenied: this person may not do that.
    """
    visit.demand(permissions.MANAGE_RECURRING)
    form = TaskForm(_posted(visit), adapter=visit.adapter, known=None, initial={"misfire": "skip"})
    return _answer(visit, form, title=_("Add a recurring task"))


def edit(visit: Visit, quoted_key: str) -> HttpResponse:
    """Changes a recurring task that people have made; it shows the arguments.

    Raises:
        PermissionDenied: this person may not do that.
    """
    visit.demand(permissions.MANAGE_RECURRING)
    visit.demand(permissions.VIEW_ARGUMENTS)
    key = unquote(quoted_key)
    task = find(visit, key)
    plan = plan_of(task, now=clock.now()) if task is not None else None
    if task is None or plan is None or plan.definition is None:
        return gone(visit)
    if task.is_static:
        messages.error(visit.request, _("This task stands in the settings; change it there."))
        return HttpResponseRedirect(visit.uri("recurringtask_change", key))
    initial = initial_of(key, task, plan.definition)
    form = TaskForm(_posted(visit), adapter=visit.adapter, known=key, initial=initial)
    return _answer(visit, form, title=_("Change %(key)s") % {"key": visible(key)})


def _posted(visit: Visit) -> dict[str, str] | None:
    return visit.request.POST.dict() if visit.request.method == "POST" else None


def _answer(visit: Visit, form: TaskForm, *, title: str) -> HttpResponse:
    task = form.save() if form.is_bound and form.is_valid() else None
    if task is None:
        context = {
            "title": title,
            "form": form,
            "job_classes": sorted(map(visible, registry.names())),
            "tasks_uri": visit.uri("recurringtask_changelist"),
        }
        return visit.render("recurring_form", context, status=400 if form.errors else 200)
    text = _("%(key)s is saved; schedulers notice it within seconds.")
    told = text % {"key": visible(task.key)}
    audit.note_change(visit, task.key, told)
    messages.success(visit.request, told)
    return HttpResponseRedirect(visit.uri("recurringtask_change", task.key))
