"""Log handlers that raise, and what they may not do to jobs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator


def shield() -> None:
    """Has the errors of all log handlers reported as ``logging`` reports those of its own.

    A handler that raises would otherwise fail the job that logs, or end the process whose
    loop does.
    """
    for handler in _handlers():
        if not isinstance(handler.handle, _Shielded):
            vars(handler)["handle"] = _Shielded(handler)


class _Shielded:
    """The ``handle`` of a handler, which does not raise."""

    def __init__(self, handler: logging.Handler) -> None:
        self._handler = handler
        self._handle: Callable[[logging.LogRecord], bool | logging.LogRecord] = handler.handle

    def __call__(self, record: logging.LogRecord) -> bool | logging.LogRecord:
        try:
            return self._handle(record)
        except Exception:  # noqa: BLE001 - what a log handler raises is nobody else's affair
            self._handler.handleError(record)
            return False


def _handlers() -> Iterator[logging.Handler]:
    yield from logging.root.handlers
    for name in list(logging.root.manager.loggerDict):
        yield from logging.getLogger(name).handlers
