"""How a process is doing, from what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from django.utils.translation import gettext_lazy as _

from django_activejob import clock
from django_activejob.conf import settings
from django_activejob.contracts import ProcessRecord

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Condition = Literal["working", "quiet", "silent"]

CONDITIONS: Final[Mapping[Condition, _StrPromise]] = {
    "working": _("Working"),
    "quiet": _("Quiet"),
    "silent": _("Silent"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What a process says of itself; None and empty where it says nothing that makes sense.

    ``memory`` is in bytes; ``load`` is that of its host, over a minute.
    """

    name: str
    supervisor_pid: int | None
    queues: tuple[str, ...]
    duties: tuple[str, ...]
    threads: int
    busy: int
    memory: int | None
    load: float | None
    condition: Condition


def vitals_of(record: ProcessRecord) -> Vitals:
    """Reads a record; a store may hold anything as metadata."""
    said = record.metadata
    return Vitals(
        name=_text(said.get("name")) or record.kind,
        supervisor_pid=_whole(said.get("supervisor_pid")),
        queues=_texts(said.get("queues")),
        duties=_texts(said.get("duties")) or (record.kind,),
        threads=_whole(said.get("threads")) or 0,
        busy=_whole(said.get("busy")) or 0,
        memory=_whole(said.get("memory")),
        load=_number(said.get("load")),
        condition=_condition(record),
    )


def _condition(record: ProcessRecord) -> Condition:
    """Silent is who has not beaten for so long that it claims no more jobs."""
    longest = timedelta(seconds=settings().self_fence_after)
    if record.beat_at is None or clock.now() - record.beat_at > longest:
        return "silent"
    return "quiet" if record.metadata.get("quiet") is True else "working"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
