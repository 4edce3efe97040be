"""Where jobs lie in Redis, and how they are read from there piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django_activejob.adapters.redis.claims import number_of
from django_activejob.adapters.redis.frames import unframed
from django_activejob.adapters.redis.keys import Keys
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.contracts import Status

LOOKED_AT_ONCE: Final = 1_000  # places of a list or set, in one step of the server

Kind = Literal["list", "ascending", "descending", "claims"]

_HOW: Final = {"list": "l", "ascending": "z", "descending": "y"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A key under which jobs of one status lie; ``name`` is what the key has of its own."""

    status: Status
    kind: Kind
    key: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry: where it lies, what lies there (``raw``), and the string of the job in it.

    ``score`` is a time, in epoch seconds; of a claim, when it was made.
    """

    place: Place
    number: int
    score: float
    raw: bytes
    text: bytes
    queue: str | None = None
    token: str | None = None
    cancelled_at: float | None = None  # since when an operator wants it to end


@dataclass(frozen=True, slots=True, kw_only=True)
class Needles:
    """What an entry has to contain to be read at all: all of these, and one of those, if any."""

    all: Sequence[bytes] = ()
    any: Sequence[bytes] = ()

    def are_in(self, text: bytes) -> bool:
        """Whether a string contains what it has to."""
        if not all(needle in text for needle in self.all):
            return False
        return not self.any or any(needle in text for needle in self.any)


def places(store: Store, statuses: Sequence[Status], *, queue: str | None = None) -> list[Place]:
    """All places where jobs of these statuses lie, by status and name.

    Args:
        queue: of ready jobs, only those of this queue.
    """
    found: list[Place] = []
    for status in statuses:
        found += _places_of(store, status, queue)
    return found


def size_of(store: Store, place: Place) -> int:
    """How many entries a place has."""
    command = {"list": "LLEN", "claims": "HLEN"}.get(place.kind, "ZCARD")
    return int(store.ask(command, place.key))


def look(
    store: Store, place: Place, *, first: int, most: int, needles: Needles
) -> tuple[int, list[Found]]:
    """Reads a piece of a place, as far as its entries contain the needles.

    Args:
        first: the number of the first entry, from 0.
        most: how many are shown at most.

    Returns:
        The number of the first entry that was not looked at, or 0 at the end; what was found.
    """
    if place.kind == "claims":
        return 0, _claims(store, place, first, needles)
    where: tuple[Word, ...] = (_HOW[place.kind], place.key, first, LOOKED_AT_ONCE, most)
    asked = (*where, len(needles.all), *needles.all, *needles.any)
    looked, *shown = store.run("look", with_=asked)
    found = [
        _found(place, int(number), float(score), raw)
        for number, score, raw in zip(shown[::3], shown[1::3], shown[2::3], strict=True)
    ]
    is_over = looked < LOOKED_AT_ONCE and len(found) < most
    return (0 if is_over else first + looked), found


def _places_of(store: Store, status: Status, queue: str | None) -> Iterator[Place]:
    if status in _SETS:
        kind, key = _SETS[status]
        yield Place(status=status, kind=kind, key=getattr(store.keys, key))
        return
    if status not in _FAMILIES:
        return
    kind, names_of, key_of = _FAMILIES[status]
    only = [queue] if status == "ready" and queue is not None else None
    for name in only or _members(store, names_of(store.keys)):
        yield Place(status=status, kind=kind, key=key_of(store.keys, name), name=name)


_FAMILIES: Final[dict[Status, tuple[Kind, Callable[[Keys], str], Callable[[Keys, str], str]]]] = {
    "ready": ("list", lambda keys: keys.queues, Keys.queue),
    "blocked": ("list", lambda keys: keys.limits, Keys.blocked),
    "running": ("claims", lambda keys: keys.owners, Keys.claims),
}
_SETS: Final[dict[Status, tuple[Kind, str]]] = {
    "scheduled": ("ascending", "schedule"),
    "retrying": ("ascending", "retry"),
    "failed": ("descending", "dead"),
}


def _members(store: Store, key: str) -> list[str]:
    return sorted(name.decode(errors="surrogateescape") for name in store.ask("SMEMBERS", key))


def _found(place: Place, number: int, score: float, raw: bytes) -> Found:
    queue, text = (place.name if place.status == "ready" else None), raw
    if place.status == "blocked":
        _, framed = unframed(raw)
        name, text = unframed(framed)
        queue = name.decode()
    return Found(place=place, number=number, score=score, raw=raw, text=text, queue=queue)


def _claims(store: Store, place: Place, first: int, needles: Needles) -> list[Found]:
    held = store.ask("HGETALL", place.key)
    frames = {token.decode(): frame for token, frame in zip(held[::2], held[1::2], strict=True)}
    ordered = sorted(frames, key=number_of, reverse=True)
    asked = _cancelled(store)
    found = [
        _claim(place, n, token, frames[token], asked.get(token)) for n, token in enumerate(ordered)
    ]
    return [each for each in found[first:] if needles.are_in(each.text)]


def _cancelled(store: Store) -> dict[str, float]:
    asked = store.ask("HGETALL", store.keys.cancelled)
    return {
        token.decode(): float(moment) for token, moment in zip(asked[::2], asked[1::2], strict=True)
    }


def _claim(
    place: Place, number: int, token: str, frame: bytes, cancelled_at: float | None
) -> Found:
    queue, text = unframed(frame)
    claimed_at = int(token.partition("-")[0]) / 1e6
    return Found(
        place=place,
        number=number,
        score=claimed_at,
        raw=frame,
        text=text,
        queue=queue.decode(),
        token=token,
        cancelled_at=cancelled_at,
    )
