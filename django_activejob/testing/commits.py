"""Commits, in a test that never commits.

Django's TestCase wraps a transaction around each test and rolls it back, so what waits
for a commit would wait in vain. Once the code under test has left its own transactions,
its data is there, as far as that code can see: then these callbacks are run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from django_activejob.job import deferring

logger = logging.getLogger(__name__)

OnCommit = Callable[[], Any]


@contextmanager
def committing() -> Iterator[None]:
    """Runs, at the end of the block, the on-commit callbacks that came up in it.

    Like Django's ``captureOnCommitCallbacks(execute=True)``, and each is run only once, also
    when blocks stand within each other. Not run when the block raises, or within a transaction.
    """
    earlier = {each.alias: len(each.run_on_commit) for each in _initialized()}
    yield
    for connection in _held_back():
        _run(connection, start=earlier.get(connection.alias, 0), is_wanted=lambda _: True)


def enqueue_waiting_jobs() -> None:
    """Enqueues jobs that wait for a commit, and leaves the project's own callbacks alone."""
    for connection in _held_back():
        _run(connection, start=0, is_wanted=_enqueues)


def _held_back() -> list[Any]:
    still_open = deferring.open_transactions()
    return [
        connection
        for connection in _initialized()
        if connection.in_atomic_block and connection.alias not in still_open
    ]


def _initialized() -> list[Any]:
    return list(connections.all(initialized_only=True))


def _run(connection: Any, *, start: int, is_wanted: Callable[[OnCommit], bool]) -> None:
    index = start
    while index < len(connection.run_on_commit):  # it grows when callbacks add some
        savepoints, callback, robust = connection.run_on_commit[index]
        if is_wanted(callback):
            # Replaced, not removed: others may count on the places of the rest.
            connection.run_on_commit[index] = (savepoints, _done, robust)
            _call(callback, robust=robust)
        index += 1


def _call(callback: OnCommit, *, robust: bool) -> None:
    try:
        callback()
    except Exception:
        if not robust:
            raise
        logger.exception("An on-commit callback raised.")  # as Django does with a robust one


def _enqueues(callback: OnCommit) -> bool:
    return getattr(callback, "__module__", None) == deferring.__name__


def _done() -> None:
    """Stands in the place of a callback that was run."""
