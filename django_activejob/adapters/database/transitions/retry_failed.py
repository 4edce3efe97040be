"""failed → ready or blocked: somebody gives failed jobs another chance."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database.admission import admit_next, limit_keys_of
from django_activejob.adapters.database.changing import Choice
from django_activejob.adapters.database.listening import notify
from django_activejob.adapters.database.rows import payload_text, read_payload
from django_activejob.adapters.database.store import Store

_PAYLOADS = "SELECT id, payload FROM django_activejob_job WHERE id {among}"
_READY = """
    UPDATE django_activejob_job
    SET state = CASE WHEN limit_key > '' THEN 'blocked' ELSE 'ready' END,
        payload = %s, executions = 0, crashes = 0, error_class = '',
        failed_at = NULL, claimed_at = NULL, cancel_asked_at = NULL, scheduled_at = NULL,
        enqueued_at = {now}
    WHERE id = %s
"""


def retry_failed(store: Store, choice: Choice) -> int:
    """Makes the failed jobs of a choice, which locks them, ready; says how many.

    Those under a limit wait for its permit; no unique lock refuses them.

    Their counters, of executions, of errors and of crashes, start anew, as in Solid Queue.
    """
    return store.atomically(partial(_retry_failed, store, choice))


def _retry_failed(store: Store, choice: Choice) -> int:
    ids = [id for (id,) in store.rows(choice.sql, choice.parameters)]
    if ids:
        admit_next(store, limit_keys_of(store, ids))
        payloads = store.rows(_PAYLOADS, (ids,))
        store.change_each(_READY, [(_anew(text), id) for id, text in payloads])
        notify(store)
    return len(ids)


def _anew(text: str) -> str:
    payload = read_payload(text)
    if payload is None:
        return text
    payload["executions"] = 0
    payload["exception_executions"] = {}
    return payload_text(payload)
