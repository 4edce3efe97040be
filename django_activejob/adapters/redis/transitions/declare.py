"""settings → tasks: the recurring tasks that the settings declare are written."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime

from django_activejob.adapters.redis.microseconds import micros_of
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.contracts import RecurringTask


def declare(store: Store, tasks: Sequence[RecurringTask], *, as_of: datetime) -> None:
    """Makes the static tasks those of the settings that were read at ``as_of``.

    What newer settings have declared stays as it is.
    """
    words: list[Word] = [micros_of(as_of)]
    for task in tasks:
        words += [task.key, definition_text(task), flag(task.is_enabled), new_version()]
    store.run("moments", "declare", with_=words)
    retire(store, [task.key for task in tasks], as_of=as_of)


def retire(store: Store, keys: Sequence[str], *, as_of: datetime) -> int:
    """Removes static tasks, other than ``keys``, that older settings declare; says how many."""
    return int(store.run("moments", "retire", with_=(micros_of(as_of), *keys)))


def definition_text(task: RecurringTask) -> str:
    """A task's definition as it is stored: JSON in ASCII, always with its keys in one order."""
    return json.dumps(dict(task.definition), sort_keys=True)


def new_version() -> str:
    """A text that no version of any task has had."""
    return uuid.uuid4().hex


def flag(is_so: bool) -> str:
    """Yes or no as it is stored."""
    return "1" if is_so else "0"
