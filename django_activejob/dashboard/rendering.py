"""The frame around every page: the admin site, its look and its breadcrumbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import django
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from django_activejob.dashboard import permissions
from django_activejob.dashboard.text import visible

HAS_LISTED_BREADCRUMBS: Final = django.VERSION >= (6, 1)
"""Whether the admin's breadcrumbs are an ordered list, as they are since Django 6.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One request for a page of one admin site; ``opts`` is its model's ``_meta``."""

    request: HttpRequest
    site: AdminSite
    opts: Any

    def render(
        self, page: str, context: Mapping[str, Any], *, status: int = 200
    ) -> TemplateResponse:
        """The answer made of one of our templates, in the site's own frame."""
        self.request.current_app = self.site.name  # read by {% url %}
        whole = {
            **self.site.each_context(self.request),
            "opts": self.opts,
            "has_listed_breadcrumbs": HAS_LISTED_BREADCRUMBS,
            "may_see_jobs": permissions.may(self.request, permissions.VIEW_JOBS),
            **context,
        }
        template = f"django_activejob/dashboard/{page}.html"
        return TemplateResponse(self.request, template, whole, status=status)

    def uri(self, name: str, *captured: str, parameters: Mapping[str, str]) -> str:
        """The address of a page, as in ``uri("job_change", "12", parameters={})``."""
        full_name = f"{self.site.name}:{permissions.APP_LABEL}_{name}"
        quoted = [quote(visible(part)) for part in captured]
        address = reverse(full_name, args=quoted, current_app=self.site.name)
        shown = {name: visible(value) for name, value in parameters.items()}
        return f"{address}?{urlencode(shown)}" if shown else address
