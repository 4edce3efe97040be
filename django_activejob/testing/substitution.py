"""One adapter in place of all others, for the time of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django_activejob.contracts import QueueAdapter
from django_activejob.job.enqueuing import stand_ins


@contextmanager
def substituted(adapter: QueueAdapter) -> Iterator[None]:
    """Sends the jobs of every class to ``adapter``, those too that name one of their own.

    No class is changed: classes that are made within the block see it too, in any thread.
    Blocks may stand in blocks; the innermost one counts.
    """
    stand_ins.append(adapter)
    try:
        yield
    finally:
        stand_ins.pop()
