"""In which order a worker asks for the jobs of its queues."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

from django_activejob import clock

EXCLUDED: Final = "-"
"""Before the name, or the pattern, of a queue that is left out."""

_ALL: Final = "*"
_FRESH: Final = 2.0  # seconds for which the names of the queues are remembered


class QueueOrder:
    """The names for each claim: in strict order, or drawn anew by their weights.

    Adapters know patterns, but no exceptions from them; where something is left out,
    patterns become the names of the queues that there are. Belongs to the claiming thread.

    Args:
        queues: names and patterns; with ``-`` before them, what is left out.
        weights: one for each of ``queues``; empty for strict order.
        known: the names of all queues that hold jobs; asked every 2 s, where it matters.
    """

    def __init__(
        self,
        queues: Sequence[str],
        *,
        weights: Sequence[int] = (),
        known: Callable[[], Sequence[str]],
    ) -> None:
        self._wanted = [name for name in queues if not name.startswith(EXCLUDED)] or [_ALL]
        self._excluded = [name[1:] for name in queues if name.startswith(EXCLUDED)]
        self._weights = list(weights)
        self._known = known
        self._names: Sequence[str] = ()
        self._looked_at: float | None = None

    def next(self) -> Sequence[str]:
        """The queues for one claim, first to last."""
        order = self._drawn() if self._weights else self._wanted
        if not self._excluded:
            return order
        names = self._names_now()
        found = [name for wanted in order for name in _matching(wanted, names)]
        return list(dict.fromkeys(name for name in found if not self._is_excluded(name)))

    def _drawn(self) -> list[str]:
        # Each is first as often as its weight says, and second among the rest likewise.
        keys = {
            name: random.random() ** (1 / weight)  # noqa: S311 - a fair share, not a secret
            for name, weight in zip(self._wanted, self._weights, strict=True)
        }
        return sorted(keys, key=keys.__getitem__, reverse=True)

    def _names_now(self) -> Sequence[str]:
        now = clock.monotonic()
        if self._looked_at is None or now - self._looked_at >= _FRESH:
            self._names, self._looked_at = self._known(), now
        return self._names

    def _is_excluded(self, name: str) -> bool:
        return any(_matching(pattern, [name]) == [name] for pattern in self._excluded)


def _matching(wanted: str, names: Sequence[str]) -> list[str]:
    if wanted.endswith(_ALL):
        return [name for name in names if name.startswith(wanted.removesuffix(_ALL))]
    return [wanted]
