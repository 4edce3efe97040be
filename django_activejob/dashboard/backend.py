"""Facts about the store behind an adapter, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from django_activejob.contracts import Inspector
from django_activejob.dashboard.text import number, shortened

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_FACT: Final = 200
BYTES: Final = "_bytes"

_NAMES: Final[Mapping[str, _StrPromise]] = {
    "engine": _("Store"),
    "version": _("Version"),
    "alias": _("Database alias"),
    "jobs_bytes": _("Size of the jobs"),
    "attempts_bytes": _("Size of the attempts"),
    "dead_rows": _("Dead rows, for autovacuum"),
    "memory_bytes": _("Memory used"),
    "peak_memory_bytes": _("Most memory used"),
    "cache": _("Cache alias"),
    "clients": _("Connected clients"),
    "uptime_days": _("Days since its start"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendFact:
    """A fact with its name."""

    name: str
    value: str


def facts(inspector: Inspector) -> Sequence[BackendFact]:
    """What an adapter tells of its store; numbers of bytes have names that end so."""
    return [
        BackendFact(name=str(_NAMES.get(name, name.replace("_", " "))), value=_text(name, value))
        for name, value in inspector.backend().items()
    ]


def _text(name: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return filesizeformat(value) if name.endswith(BYTES) else number(value)
    return shortened(str(value), LONGEST_FACT)
