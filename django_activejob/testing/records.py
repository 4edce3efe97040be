"""The two lists of the test adapter, and what a block adds to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope
from django_activejob.testing.commits import committing, enqueue_waiting_jobs
from django_activejob.testing.draining import performing
from django_activejob.testing.recorded import RecordedJob
from django_activejob.testing.selection import Selection

Kind = Literal["enqueued", "performed"]


def records(adapter: TestAdapter, kind: Kind) -> list[RecordedJob]:
    """What stands in one of the lists, oldest first; jobs that waited for a commit included."""
    enqueue_waiting_jobs()
    return [RecordedJob(envelope=envelope) for envelope in _list(adapter, kind)]


@contextmanager
def added(adapter: TestAdapter, kind: Kind, *, performed: Selection) -> Iterator[list[RecordedJob]]:
    """Fills a list, at the end of the block, with what the block has added.

    Args:
        adapter: the one that is looked at.
        kind: which list. For ``performed`` jobs are performed as the block enqueues them.
        performed: which of them.
    """
    enqueue_waiting_jobs()
    earlier = list(_list(adapter, kind))  # held, so that no id below is given to another
    known = {id(envelope) for envelope in earlier}
    found: list[RecordedJob] = []
    with performing(adapter, performed) if kind == "performed" else committing():
        yield found
    found += [
        RecordedJob(envelope=envelope)
        for envelope in _list(adapter, kind)
        if id(envelope) not in known
    ]


def _list(adapter: TestAdapter, kind: Kind) -> list[Envelope]:
    return adapter.enqueued if kind == "enqueued" else adapter.performed
