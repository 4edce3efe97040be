"""The inspectors that commands look through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from django_activejob import inspection
from django_activejob.contracts import Inspector
from django_activejob.errors import ActiveJobError


def inspector_of(alias: str | None) -> Inspector:
    """The inspector of an adapter; None means the default one.

    Raises:
        CommandError: there is no such adapter, or its jobs cannot be inspected.
    """
    with told():
        return inspection.inspector_of(alias)


@contextmanager
def told() -> Iterator[None]:
    """Turns our errors into those of a command: a line, and no traceback."""
    try:
        yield
    except ActiveJobError as error:
        raise CommandError(str(error)) from error
