"""The pages' place in an admin site: which URL leads to which page."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe
from typing_extensions import override

from django_activejob.dashboard import acting, job, jobs, pausing, permissions, queues
from django_activejob.dashboard.opening import View, opened


def register(site: admin.AdminSite) -> None:
    """Adds the pages to an admin site; a second time does nothing."""
    for name, pages in (("Job", JobAdmin), ("Pause", QueueAdmin)):
        model = apps.get_model(permissions.APP_LABEL, name)
        if not site.is_registered(model):
            site.register(model, pages)


class PagesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for type checkers only
    """Pages of our own in the place of Django's lists and forms of rows."""

    def page(self, view: View, pattern: str, name: str) -> URLPattern:
        """A page that people read: GET and HEAD only."""
        return self._route(require_safe(partial(opened, view, self)), pattern, name)

    def action(self, view: View, pattern: str, name: str) -> URLPattern:
        """An address that changes something: POST only, with a CSRF token."""
        return self._route(require_POST(partial(opened, view, self)), pattern, name)

    def _route(self, view: Any, pattern: str, name: str) -> URLPattern:
        full_name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        route: URLPattern = path(pattern, self.admin_site.admin_view(view), name=full_name)
        return route

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class JobAdmin(PagesAdmin):
    """Jobs by status, a job, and what can be done with them."""

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

    @override
    def get_urls(self) -> list[URLPattern]:
        return [
            self.page(queues.show, "", "changelist"),
            self.action(pausing.act, "act/", "act"),
        ]

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_see_queues(request)
