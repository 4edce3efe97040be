"""ready → running: a process takes jobs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from django_activejob.adapters.database.changing import Change, Choice, change
from django_activejob.adapters.database.queues import ALL, glance, names_in
from django_activejob.adapters.database.rows import CLAIM_COLUMNS, held_of
from django_activejob.adapters.database.store import Record, Store
from django_activejob.adapters.database.transitions.take import take
from django_activejob.adapters.database.unique import free_started
from django_activejob.contracts import Claim
from django_activejob.errors import ProcessPruned

# The share lock keeps a maintainer from burying us between this look at our row and our claim.
_READY = """
    SELECT id FROM django_activejob_job {by_index}
    WHERE state = 'ready' AND {of_queue}
      AND NOT EXISTS (SELECT 1 FROM django_activejob_pause {of_pause})
      AND EXISTS (SELECT 1 FROM django_activejob_process WHERE id = %s {share})
    ORDER BY priority, id LIMIT %s {skip}
"""
_READY_OF_ALL = (
    _READY.replace("{of_queue}", "id > 0")
    .replace("{of_pause}", "")
    .replace("{by_index}", "{by_ready}")
)
_READY_OF_ONE = (
    _READY.replace("{of_queue}", "queue = %s")
    .replace("{of_pause}", "WHERE queue = %s")
    .replace("{by_index}", "{by_ready_queue}")
)
_RUNNING = """
    state = 'running', process_id = %s, claim_number = claim_number + 1, claimed_at = {now}
"""
_IS_ANY_READY = """
    SELECT 1 FROM django_activejob_job WHERE state = 'ready' AND queue = %s LIMIT 1
"""


def claim(store: Store, process_id: str, queues: Sequence[str], *, limit: int) -> list[Claim]:
    """Takes ready jobs, in order, queue by queue until there are ``limit``.

    Rows that others are taking are passed over, so no claim waits for another. Those whose
    throttle has no room go back to wait.

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
    return _claims(store, process_id, records)


def claim_more(store: Store, process_id: str, queues: Sequence[str], *, limit: int) -> list[Claim]:
    """``claim`` for when the last one found jobs: takes more without looking around first.

    It serves the names before the first pattern, and nothing while a ``*`` meets a pause.
    When it comes back with nothing, that means nothing: ``claim`` knows.
    """
    records: list[Record] = []
    for queue in takewhile(_needs_no_look, queues):
        name = None if queue == ALL else queue
        records += _take(store, process_id, name, limit=limit - len(records))
        if len(records) >= limit:
            break
    return _claims(store, process_id, records)


def _claims(store: Store, process_id: str, records: Sequence[Record]) -> list[Claim]:
    held = [held_of(record, store.vendor) for record in records]
    claims = [each.claim for each in take(store, process_id, held)]
    free_started(store, claims)
    return claims


def _needs_no_look(queue: str) -> bool:
    return queue == ALL or not queue.endswith(ALL)


def _claim_from(store: Store, process_id: str, queue: str | None, *, limit: int) -> list[Record]:
    if queue is not None and store.vendor.single_writer and not _has_ready(store, queue):
        return []
    return _take(store, process_id, queue, limit=limit)


def _take(store: Store, process_id: str, queue: str | None, *, limit: int) -> list[Record]:
    taken = change(
        store,
        _ready(process_id, queue, limit),
        Change(sql=_RUNNING, parameters=(process_id,)),
        columns=CLAIM_COLUMNS,
    )
    return sorted(taken, key=_running_order)


def _ready(process_id: str, queue: str | None, limit: int) -> Choice:
    if queue is None:
        return Choice(sql=_READY_OF_ALL, parameters=(process_id, limit), in_order=True)
    asked = (queue, queue, process_id, limit)
    return Choice(sql=_READY_OF_ONE, parameters=asked, in_order=True)


def _has_ready(store: Store, queue: str) -> bool:
    return bool(store.run(lambda: store.rows(_IS_ANY_READY, (queue,))))


def _running_order(record: Record) -> tuple[int, int]:
    id, _claim_number, _crashes, _queue, priority, *_ = record
    return priority, id
