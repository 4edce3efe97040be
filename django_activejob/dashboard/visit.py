"""What every page is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from django_activejob.contracts import Inspector
from django_activejob.dashboard import permissions
from django_activejob.dashboard.rendering import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One person's request for a page about one adapter.

    ``aliases`` names all adapters that have pages, the default one first.
    """

    frame: Frame
    alias: str
    aliases: tuple[str, ...]
    inspector: Inspector

    @property
    def request(self) -> HttpRequest:
        """The request itself."""
        return self.frame.request

    def may(self, permission: str) -> bool:
        """Whether this person has a permission of ours."""
        return permissions.may(self.request, permission)

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

    def _ways(self) -> dict[str, Any]:
        here = f"{self.frame.opts.model_name}_changelist"
        switch = [
            {"alias": alias, "uri": self._uri(here, alias=alias, parameters={})}
            for alias in self.aliases
        ]
        return {
            "alias": self.alias,
            "adapters": switch if len(switch) > 1 else [],
            "jobs_uri": self.uri("job_changelist"),
            "queues_uri": self.uri("pause_changelist"),
            "act_uri": self.uri(f"{self.frame.opts.model_name}_act"),
        }
