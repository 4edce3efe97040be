"""settings → tasks: the recurring tasks that the settings declare are written."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django_activejob.adapters.database.store import Store
from django_activejob.contracts import RecurringTask

_STATIC = """
    SELECT task_key, definition FROM django_activejob_recurringtask WHERE is_static
    ORDER BY task_key {lock}
"""
_INSERT = """
    {insert} INTO django_activejob_recurringtask
        (task_key, definition, is_static, is_enabled, version, declared_at, updated_at)
    VALUES (%s, %s, %s, %s, %s, %s, {now})
    {unless_there}
"""
_CHANGE = """
    UPDATE django_activejob_recurringtask
    SET definition = %s, is_enabled = %s, version = %s, declared_at = %s, updated_at = {now}
    WHERE task_key = %s AND is_static AND declared_at <= %s
"""
_AFFIRM = """
    UPDATE django_activejob_recurringtask SET declared_at = %s
    WHERE task_key = %s AND is_static AND declared_at < %s
"""
_OLDER_ALONE = """
    SELECT task_key FROM django_activejob_recurringtask WHERE is_static AND declared_at < %s
"""
_OLDER = _OLDER_ALONE + " ORDER BY task_key {lock}"
_DELETE = "DELETE FROM django_activejob_recurringtask WHERE task_key = %s"


def declare(store: Store, tasks: Sequence[RecurringTask], *, as_of: datetime) -> None:
    """Makes the static tasks those of the settings that were read at ``as_of``.

    Locks static tasks by key. What newer settings have declared stays as it is.
    """
    store.atomically(partial(_declare, store, tasks, as_of))


def retire(store: Store, keys: Sequence[str], *, as_of: datetime) -> int:
    """Removes static tasks, other than ``keys``, that older settings declare; says how many."""
    moment = store.vendor.write_time(as_of)
    older = {key for (key,) in store.run(lambda: store.rows(_OLDER_ALONE, (moment,)))}
    if not older - set(keys):
        return 0
    return store.atomically(partial(_retire, store, keys, as_of))


def definition_text(task: RecurringTask) -> str:
    """A task's definition as it is stored: JSON in ASCII, always with its keys in one order."""
    return json.dumps(dict(task.definition), sort_keys=True)


def new_version() -> str:
    """A text that no version of any task has had."""
    return uuid.uuid4().hex


def _declare(store: Store, tasks: Sequence[RecurringTask], as_of: datetime) -> None:
    known: dict[str, str] = dict(store.rows(_STATIC))
    for task in sorted(tasks, key=lambda task: task.key):
        _write(store, task, known.get(task.key), as_of)
    _retire(store, [task.key for task in tasks], as_of)


def _write(store: Store, task: RecurringTask, known: str | None, as_of: datetime) -> None:
    text, moment = definition_text(task), store.vendor.write_time(as_of)
    if known is None:
        facts: tuple[Any, ...] = (text, True, task.is_enabled, new_version(), moment)
        store.change(_INSERT, (task.key, *facts))
    elif known == text:
        store.change(_AFFIRM, (moment, task.key, moment))
    else:
        facts = (text, task.is_enabled, new_version(), moment)
        store.change(_CHANGE, (*facts, task.key, moment))


def _retire(store: Store, keys: Sequence[str], as_of: datetime) -> int:
    older = [key for (key,) in store.rows(_OLDER, (store.vendor.write_time(as_of),))]
    return sum(store.change(_DELETE, (key,)) for key in older if key not in set(keys))
