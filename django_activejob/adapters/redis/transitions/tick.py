"""due → enqueued: a moment of a recurring task becomes a job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django_activejob.adapters.redis.entries import Entry, entry_of, refusal_of
from django_activejob.adapters.redis.microseconds import micros_of
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.transitions.enqueue import ACCEPTING
from django_activejob.contracts import Envelope, RecurringTask
from django_activejob.errors import TickRefused

RESERVED_FOR: Final = 30_000  # milliseconds for which another adapter may take to accept a job

_PIECES: Final = (*ACCEPTING, "moments", "tick")


def tick(store: Store, task: RecurringTask, run_at: datetime, envelope: Envelope) -> str:
    """Records a tick and writes its job, in one step; gives the job's id.

    Raises:
        TickRefused: the moment has its job, or the task is gone, disabled or changed.
        EnqueueError: the job is refused.
        AdapterUnavailable: nothing was written, or nobody knows.
    """
    entry = entry_of(store, envelope)
    answer = _record(store, task, run_at, entry)
    if isinstance(answer, list):
        _, reason, number = answer
        raise refusal_of(envelope, reason, number)
    return entry.id


def tick_elsewhere(
    store: Store, task: RecurringTask, run_at: datetime, enqueue: Callable[[], str | None]
) -> str | None:
    """Records a tick whose job another adapter accepts; gives the job's id there.

    The moment is reserved while it does. A crash in between, or an answer that is lost, leads
    to a second job, not to none.

    Raises:
        TickRefused: the moment has its job, or is about to, or the task is gone or changed.
    """
    reservation = f"{store.keys.ticks(task.key)}:{micros_of(run_at)}"
    if not store.ask("SET", reservation, "", "NX", "PX", RESERVED_FOR):
        raise _taken(task, run_at)
    try:
        _refuse_if_known(store, task, run_at)
        id = enqueue()
        _record(store, task, run_at, Entry(id=id or "", words=()))
    finally:
        store.ask("DEL", reservation)
    return id


def _refuse_if_known(store: Store, task: RecurringTask, run_at: datetime) -> None:
    moment, key = micros_of(run_at), task.key
    number, version, is_enabled = store.ask_all(
        [
            ("ZCOUNT", store.keys.ticks(key), moment, moment),
            ("HGET", store.keys.recurring_task(key), "version"),
            ("HGET", store.keys.recurring_task(key), "is_enabled"),
        ]
    )
    if version != task.version.encode() or is_enabled != b"1":
        raise _gone(task)
    if number:
        raise _taken(task, run_at)


def _record(store: Store, task: RecurringTask, run_at: datetime, entry: Entry) -> object:
    facts = (task.key, task.version, micros_of(run_at), store.bounds.keep_ticks, entry.id)
    answer: object = store.run(*_PIECES, with_=(*facts, *entry.words))
    if answer == b"gone":
        raise _gone(task)
    if answer == b"taken":
        raise _taken(task, run_at)
    return answer


def _gone(task: RecurringTask) -> TickRefused:
    return TickRefused(f"The recurring task {task.key!r} is gone, disabled or changed.")


def _taken(task: RecurringTask, run_at: datetime) -> TickRefused:
    return TickRefused(f"The recurring task {task.key!r} has its job for {run_at.isoformat()}.")
