"""What every page is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from django_activejob.contracts import Inspector, QueueAdapter, RecurringStore
from django_activejob.dashboard import permissions
from django_activejob.dashboard.rendering import Frame
from django_activejob.dashboard.sections import Badge, Section, sections
from django_activejob.errors import AdapterUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One person's request for a page about one adapter.

    ``aliases`` names all adapters that have pages, the default one first.
    """

    frame: Frame
    alias: str
    aliases: tuple[str, ...]
    adapter: QueueAdapter
    inspector: Inspector

    @property
    def request(self) -> HttpRequest:
        """The request itself."""
        return self.frame.request

    def may(self, permission: str) -> bool:
        """Whether this person has a permission of ours."""
        return permissions.may(self.request, permission)

    @property
    def tasks(self) -> RecurringStore:
        """Where the adapter keeps recurring tasks.

        Raises:
            Http404: it keeps none.
        """
        store = self.adapter.recurring()
        if store is None:
            raise Http404(_("This adapter keeps no recurring tasks."))
        return store

    def demand(self, permission: str) -> None:
        """Lets only those on who have a permission of ours.

        Raises:
            PermissionDenied: this person has not.
        """
        if not self.may(permission):
            raise PermissionDenied

    def uri(self, name: str, *captured: str, parameters: Mapping[str, str] | None = None) -> str:
        """The address of a page about the same adapter."""
        return self._uri(name, *captured, alias=self.alias, parameters=parameters or {})

    def _uri(self, name: str, *captured: str, alias: str, parameters: Mapping[str, str]) -> str:
        adapter = {} if alias == self.aliases[0] else {"adapter": alias}
        return self.frame.uri(name, *captured, parameters={**adapter, **parameters})

    def render(self, page: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
        """The page, with the ways to its neighbors."""
        return self.frame.render(page, {**self._ways(), **context}, status=status)

    def _way(self, section: Section) -> dict[str, Any]:
        uri = self.uri(section.page)
        is_this_page = uri.partition("?")[0] == self.request.path
        is_here = section.model == self.frame.opts.model_name
        current = ("page" if is_this_page else "true") if is_here else ""
        badge = self._badge(section)
        return {"label": section.label, "uri": uri, "current": current, "badge": badge}

    def _badge(self, section: Section) -> Badge | None:
        """The number on a way; none where it cannot be had: the page itself says why."""
        try:
            return section.badge(self.inspector) if section.badge else None
        except AdapterUnavailable:
            return None

    def _ways(self) -> dict[str, Any]:
        model = self.frame.opts.model_name
        here = f"{model}_changelist"
        switch = [
            {"alias": alias, "uri": self._uri(here, alias=alias, parameters={})}
            for alias in self.aliases
        ]
        return {
            "alias": self.alias,
            "adapters": switch if len(switch) > 1 else [],
            "overview_uri": self.uri("tally_changelist"),
            "jobs_uri": self.uri("job_changelist"),
            "sections": [self._way(section) for section in sections(self.request, self.adapter)],
            # Called where a page has a form; not every section has something to do.
            "act_uri": partial(self.uri, f"{model}_act"),
        }
