"""How a loop bears what fails again and again."""

from __future__ import annotations

import logging
import random
from typing import Final

from django_activejob.errors import AdapterUnavailable

logger = logging.getLogger(__name__)

_FIRST_WAIT: Final = 0.1  # seconds


class Backoff:
    """Waits that double, up to a cap, each drawn from its upper half so that peers part."""

    def __init__(self, *, first: float = _FIRST_WAIT, cap: float) -> None:
        self._first = first
        self._cap = cap
        self._next = first

    def next(self) -> float:
        """The seconds to wait before the next try."""
        wait = self._next
        self._next = min(wait * 2, self._cap)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret

    def reset(self) -> None:
        """Begins with the shortest wait again."""
        self._next = self._first


class Outage:
    """Says once that something fails and once that it works again; paces the tries between.

    Belongs to one thread; others may read ``is_on``.
    """

    def __init__(self, what: str, *, cap: float = 5.0) -> None:
        self._what = what
        self._backoff = Backoff(cap=cap)
        self._error: BaseException | None = None

    @property
    def is_on(self) -> bool:
        """Whether the last try failed."""
        return self._error is not None

    def failed(self, error: BaseException) -> float:
        """Notes a failure; the same kind of error is logged once.

        Returns:
            The seconds to wait before the next try.
        """
        if type(error) is not type(self._error):
            self._log(error)
        self._error = error
        return self._backoff.next()

    def ended(self) -> None:
        """Notes a success."""
        if self._error is None:
            return
        self._error = None
        self._backoff.reset()
        logger.warning("%s: works again.", self._what)

    def _log(self, error: BaseException) -> None:
        # A store that is down needs no traceback; anything else is somebody's bug.
        known = isinstance(error, AdapterUnavailable)
        logger.error(
            "%s: fails and is tried again until it works: %s: %s",
            self._what,
            type(error).__name__,
            error,
            exc_info=None if known else error,
        )
