"""The inspectors that commands look through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from django_activejob import handler
from django_activejob.contracts import Inspector, JobQuery, JobRecord
from django_activejob.errors import ActiveJobError

_PAGE = 100


def inspector_of(alias: str | None) -> Inspector:
    """The inspector of an adapter; None means the default one.

    Raises:
        CommandError: there is no such adapter, or its jobs cannot be inspected.
    """
    with told():
        inspector = handler.adapter(alias).inspector()
    if inspector is None:
        name = repr(alias) if alias else "of QUEUE_ADAPTER"
        raise CommandError(f"The adapter {name} keeps no jobs that could be looked at.")
    return inspector


@contextmanager
def told() -> Iterator[None]:
    """Turns our errors into those of a command: a line, and no traceback."""
    try:
        yield
    except ActiveJobError as error:
        raise CommandError(str(error)) from error


def each_job(inspector: Inspector, query: JobQuery, *, most: int) -> Iterator[JobRecord]:
    """The jobs of a query, page by page, up to ``most``."""
    cursor: str | None = None
    left = most
    while left > 0:
        page = inspector.jobs(query, cursor=cursor, limit=min(left, _PAGE))
        yield from page.jobs
        left -= len(page.jobs)
        cursor = page.next_cursor
        if cursor is None:
            return
