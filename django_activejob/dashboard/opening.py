"""The way into every page: permission first, then the adapter, then the page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from django_activejob import handler
from django_activejob.contracts import Inspector
from django_activejob.dashboard.rendering import Frame
from django_activejob.dashboard.visit import Visit
from django_activejob.errors import AdapterUnavailable

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

logger = logging.getLogger(__name__)

View = Callable[Concatenate[Visit, ...], HttpResponse]
"""A page: takes the visit, and what its URL captured by keyword."""


def opened(
    view: View, admin: ModelAdmin[Any], request: HttpRequest, **captured: str
) -> HttpResponse:
    """Answers a request with a page, or says why there is none.

    Raises:
        PermissionDenied: before anything was read.
        Http404: the adapter that the address names has no pages.
    """
    if not admin.has_view_permission(request):
        raise PermissionDenied
    frame = Frame(request=request, site=admin.admin_site, opts=admin.opts)
    alias = request.GET.get("adapter")
    try:
        inspectors = _inspectors()
        if not inspectors:
            return frame.render("nothing", {"title": _("Nothing to show")})
        return view(_visit(frame, inspectors, alias), **captured)
    except AdapterUnavailable as error:
        logger.warning("The admin pages cannot reach an adapter: %s", error)
        return _unavailable(frame, alias)


def _inspectors() -> dict[str, Inspector]:
    parts = {alias: handler.adapter(alias).inspector() for alias in handler.aliases()}
    return {alias: inspector for alias, inspector in parts.items() if inspector is not None}


def _visit(frame: Frame, inspectors: dict[str, Inspector], alias: str | None) -> Visit:
    chosen = alias or next(iter(inspectors))
    if chosen not in inspectors:
        raise Http404(_("No queue adapter of this name has admin pages."))
    return Visit(
        frame=frame,
        alias=chosen,
        aliases=tuple(inspectors),
        adapter=handler.adapter(chosen),
        inspector=inspectors[chosen],
    )


def _unavailable(frame: Frame, alias: str | None) -> HttpResponse:
    name = alias or handler.aliases()[0]
    aliases = [other for other in handler.aliases() if other != name]
    context = {"title": _("Out of reach"), "alias": name, "others": aliases}
    return frame.render("unavailable", context, status=503)
