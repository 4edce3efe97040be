"""Which queues a claim looks at, and whether it is worth looking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django_activejob.adapters.database.store import Store

ALL = "*"

# Not EXISTS for the jobs: it forgets the order, and with it the index, and may walk the table.
_GLANCE = """
    SELECT EXISTS (SELECT 1 FROM django_activejob_process WHERE id = %s),
           EXISTS (SELECT 1 FROM django_activejob_pause),
           (
               SELECT id FROM django_activejob_job {by_ready}
               WHERE state = 'ready' AND id > 0
               ORDER BY priority, id LIMIT 1
           )
"""
_PAUSED = "SELECT queue FROM django_activejob_pause"

# A loose index scan: one probe for each queue, however many jobs they hold.
_READY_NAMES = """
    WITH RECURSIVE names AS (
        SELECT MIN(queue) AS queue FROM django_activejob_job WHERE state = 'ready'
        UNION ALL
        SELECT (
            SELECT MIN(job.queue) FROM django_activejob_job AS job
            WHERE job.state = 'ready' AND job.queue > names.queue
        )
        FROM names WHERE names.queue IS NOT NULL
    )
    SELECT queue FROM names WHERE queue IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What one cheap look tells a process that wants jobs."""

    is_registered: bool
    has_pauses: bool
    has_ready: bool


def glance(store: Store, process_id: str) -> Glance:
    """Looks whether there can be anything for a process at all."""
    [row] = store.run(lambda: store.rows(_GLANCE, (process_id,)))
    is_registered, has_pauses, has_ready = map(bool, row)
    return Glance(is_registered=is_registered, has_pauses=has_pauses, has_ready=has_ready)


def names_in(store: Store, queues: Sequence[str], *, has_pauses: bool) -> Iterator[str | None]:
    """The queues to claim from, in order, each once; None stands for all queues at once.

    Args:
        queues: names in strict order; ``prefix*`` and ``*`` are patterns.
    """
    paused = paused_names(store) if has_pauses else frozenset()
    ready: list[str] | None = None
    seen: set[str | None] = set(paused)
    for queue in queues:
        if queue.endswith(ALL) and (queue != ALL or paused):
            ready = ready_names(store) if ready is None else ready
        for name in _matching(queue, ready or (), is_open=not paused):
            if name not in seen:
                seen.add(name)
                yield name


def paused_names(store: Store) -> frozenset[str]:
    """The queues that are paused."""
    return frozenset(name for (name,) in store.run(lambda: store.rows(_PAUSED)))


def ready_names(store: Store) -> list[str]:
    """The queues that hold ready jobs, by name."""
    return [name for (name,) in store.run(lambda: store.rows(_READY_NAMES))]


def _matching(queue: str, ready: Sequence[str], *, is_open: bool) -> Sequence[str | None]:
    if queue == ALL and is_open:
        return (None,)
    if queue.endswith(ALL):
        return [name for name in ready if name.startswith(queue.removesuffix(ALL))]
    return (queue,)
