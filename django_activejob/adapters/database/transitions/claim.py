"""ready → running: a process takes jobs."""

from __future__ import annotations

from collections.abc import Sequence

from django_activejob.adapters.database.changing import Change, Choice, change
from django_activejob.adapters.database.queues import glance, names_in
from django_activejob.adapters.database.rows import CLAIM_COLUMNS, held_of
from django_activejob.adapters.database.store import Record, Store
from django_activejob.contracts import Claim
from django_activejob.errors import ProcessPruned

# The share lock keeps a maintainer from burying us between this look at our row and our claim.
_READY = """
    SELECT id FROM django_activejob_job
    WHERE state = 'ready' AND {of_queue}
      AND EXISTS (SELECT 1 FROM django_activejob_process WHERE id = %s {share})
    ORDER BY priority, id LIMIT %s {skip}
"""
_RUNNING = """
    state = 'running', process_id = %s, claim_number = claim_number + 1, claimed_at = {now}
"""
_IS_ANY_READY = """
    SELECT 1 FROM django_activejob_job WHERE state = 'ready' AND queue = %s LIMIT 1
"""


def claim(store: Store, process_id: str, queues: Sequence[str], *, limit: int) -> list[Claim]:
    """Takes ready jobs, in order, queue by queue until there are ``limit``.

    Rows that others are taking are passed over, so no claim waits for another.

    Raises:
        ProcessPruned: the process is not registered.
    """
    seen = glance(store, process_id)
    if not seen.is_registered:
        raise ProcessPruned(f"Process {process_id} is not registered (any more).")
    records: list[Record] = []
    if seen.has_ready:
        for name in names_in(store, queues, has_pauses=seen.has_pauses):
            records += _claim_from(store, process_id, name, limit=limit - len(records))
            if len(records) >= limit:
                break
    return [held_of(record, store.vendor).claim for record in records]


def _claim_from(store: Store, process_id: str, queue: str | None, *, limit: int) -> list[Record]:
    if queue is not None and store.vendor.single_writer and not _has_ready(store, queue):
        return []
    taken = change(
        store,
        _ready(process_id, queue, limit),
        Change(sql=_RUNNING, parameters=(process_id,)),
        columns=CLAIM_COLUMNS,
    )
    return sorted(taken, key=_running_order)


def _ready(process_id: str, queue: str | None, limit: int) -> Choice:
    if queue is None:
        return Choice(sql=_READY.replace("{of_queue}", "id > 0"), parameters=(process_id, limit))
    return Choice(
        sql=_READY.replace("{of_queue}", "queue = %s"), parameters=(queue, process_id, limit)
    )


def _has_ready(store: Store, queue: str) -> bool:
    return bool(store.run(lambda: store.rows(_IS_ANY_READY, (queue,))))


def _running_order(record: Record) -> tuple[int, int]:
    id, _claim_number, _crashes, _queue, priority, *_ = record
    return priority, id
