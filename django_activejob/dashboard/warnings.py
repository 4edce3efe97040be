"""What an operator had better look at now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_activejob.contracts import ProcessRecord, QueueRecord
from django_activejob.dashboard.serving import live_workers, without_worker
from django_activejob.dashboard.text import shortened
from django_activejob.dashboard.vitals import vitals_of

_NAMED = 5
_LONGEST_NAME = 60


def warnings_of(processes: Sequence[ProcessRecord], queues: Sequence[QueueRecord]) -> Iterator[str]:
    """Sentences for people: no worker, queues that nobody works on, processes that are silent."""
    silent = sum(vitals_of(record).condition == "silent" for record in processes)
    if not live_workers(processes):
        yield _("No worker takes jobs: those that are enqueued wait. Start manage.py runjobs.")
    elif left := without_worker(queues, processes):
        yield _("No worker takes jobs from: %(queues)s.") % {"queues": _names(left)}
    if silent:
        text = ngettext(
            "%(n)d process has fallen silent; its jobs are given to others soon.",
            "%(n)d processes have fallen silent; their jobs are given to others soon.",
            silent,
        )
        yield text % {"n": silent}


def _names(queues: Sequence[QueueRecord]) -> str:
    shown = ", ".join(shortened(queue.name, _LONGEST_NAME) for queue in queues[:_NAMED])
    return shown if len(queues) <= _NAMED else f"{shown}, …"
