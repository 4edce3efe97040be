"""The pages' place in an admin site: which URL leads to which page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Final

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from typing_extensions import override

from django_activejob.dashboard import (
    acting,
    commanding,
    job,
    jobs,
    overview,
    pausing,
    permissions,
    processes,
    queues,
    recurring,
    recurring_acting,
    recurring_editing,
    recurring_task,
    releasing,
    semaphores,
)
from django_activejob.dashboard.opening import View, opened


def register(site: admin.AdminSite) -> None:
    """Adds the pages to an admin site; a second time does nothing."""
    for name, pages in PAGES.items():
        model = apps.get_model(permissions.APP_LABEL, name)
        if not site.is_registered(model):
            site.register(model, pages)


class PagesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for type checkers only
    """Pages of our own in the place of Django's lists and forms of rows.

    ``permission`` is what lets people see them.
    """

    permission: ClassVar[str]

    def page(self, view: View, pattern: str, name: str) -> URLPattern:
        """A page that people read: GET and HEAD only."""
        return self._route(require_safe(partial(opened, view, self)), pattern, name)

    def action(self, view: View, pattern: str, name: str) -> URLPattern:
        """An address that changes something: POST only, with a CSRF token."""
        return self._route(require_POST(partial(opened, view, self)), pattern, name)

    def form_page(self, view: View, pattern: str, name: str) -> URLPattern:
        """A page with a form that is posted to its own address."""
        methods = require_http_methods(["GET", "HEAD", "POST"])
        return self._route(methods(partial(opened, view, self)), pattern, name)

    def _route(self, view: Any, pattern: str, name: str) -> URLPattern:
        full_name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        route: URLPattern = path(pattern, self.admin_site.admin_view(view), name=full_name)
        return route

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_see(request, self.permission)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OverviewAdmin(PagesAdmin):
    """How things are, and how they have been: the first page."""

    permission = permissions.VIEW_OVERVIEW

    @override
    def get_urls(self) -> list[URLPattern]:
        return [self.page(overview.show, "", "changelist")]


class JobAdmin(PagesAdmin):
    """Jobs by status, a job, and what can be done with them."""

    permission = permissions.VIEW_JOBS

    @override
    def get_urls(self) -> list[URLPattern]:
        return [
            self.page(jobs.show, "", "changelist"),
            self.action(acting.act, "act/", "act"),
            self.page(job.show_raw, "<path:quoted_id>/raw/", "raw"),
            self.page(job.show, "<path:quoted_id>/change/", "change"),
        ]


class QueueAdmin(PagesAdmin):
    """Queues, with their pauses."""

    permission = permissions.VIEW_QUEUES

    @override
    def get_urls(self) -> list[URLPattern]:
        return [
            self.page(queues.show, "", "changelist"),
            self.action(pausing.act, "act/", "act"),
        ]


class ProcessAdmin(PagesAdmin):
    """Who runs the jobs, and orders to them."""

    permission = permissions.VIEW_PROCESSES

    @override
    def get_urls(self) -> list[URLPattern]:
        return [
            self.page(processes.show, "", "changelist"),
            self.action(commanding.act, "act/", "act"),
        ]


class RecurringAdmin(PagesAdmin):
    """Jobs on a schedule: what was due, what will be, and the form to make others."""

    permission = permissions.VIEW_RECURRING

    @override
    def get_urls(self) -> list[URLPattern]:
        return [
            self.page(recurring.show, "", "changelist"),
            self.action(recurring_acting.act, "act/", "act"),
            self.form_page(recurring_editing.add, "add/", "add"),
            self.form_page(recurring_editing.edit, "<path:quoted_key>/edit/", "edit"),
            self.page(recurring_task.show, "<path:quoted_key>/change/", "change"),
        ]


class SemaphoreAdmin(PagesAdmin):
    """Concurrency limits, and the permits that can be taken away."""

    permission = permissions.VIEW_SEMAPHORES

    @override
    def get_urls(self) -> list[URLPattern]:
        return [
            self.page(semaphores.show, "", "changelist"),
            self.action(releasing.act, "act/", "act"),
            self.page(semaphores.show_one, "<path:quoted_key>/change/", "change"),
        ]


PAGES: Final[Mapping[str, type[PagesAdmin]]] = {
    "Tally": OverviewAdmin,
    "Job": JobAdmin,
    "Pause": QueueAdmin,
    "Process": ProcessAdmin,
    "RecurringTask": RecurringAdmin,
    "Semaphore": SemaphoreAdmin,
}
