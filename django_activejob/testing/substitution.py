"""One adapter in place of all others, for the time of a test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django_activejob.contracts import QueueAdapter
from django_activejob.job import enqueuing
from django_activejob.job.base import ActiveJob


@contextmanager
def substituted(adapter: QueueAdapter) -> Iterator[None]:
    """Sends the jobs of every class to ``adapter``, those too that name one of their own.

    No class is changed: classes that are made within the block see it too, in any thread.
    """
    _put_in_place()
    _stand_ins.append(adapter)
    try:
        yield
    finally:
        _stand_ins.pop()


def adapter_of(job_class: type[ActiveJob]) -> QueueAdapter:
    """Takes the place of ``enqueuing.adapter_of``: outside of blocks they answer alike."""
    return _stand_ins[-1] if _stand_ins else _configured(job_class)


_configured: Final = enqueuing.adapter_of
_stand_ins: Final[list[QueueAdapter]] = []  # the last one counts: blocks may stand in blocks


def _put_in_place() -> None:
    # In every module that has imported it. It stays: a module that is first imported within
    # a block keeps the function that it found, so that has to be right ever after.
    for name, module in list(sys.modules.items()):
        if name.startswith("django_activejob.") and vars(module).get("adapter_of") is _configured:
            module.__dict__["adapter_of"] = adapter_of
