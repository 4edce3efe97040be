"""The locks that make jobs unique: taken at the enqueue, freed at the start or at the end."""

from __future__ import annotations

from collections.abc import Iterable

from django_activejob.adapters.database.rows import label
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Claim, Envelope, Unique
from django_activejob.errors import DuplicateJob

_DROP_EXPIRED = """
    DELETE FROM django_activejob_uniquelock WHERE unique_key = %s AND expires_at <= {now}
"""
_TAKE = """
    {insert} INTO django_activejob_uniquelock (unique_key, job_id, until, expires_at)
    VALUES (%s, %s, %s, {later}) {unless_there}
"""
_FREE_STARTED = """
    DELETE FROM django_activejob_uniquelock WHERE job_id {among} AND until = 'start'
"""
# Those until the start too: the process may have died between the claim and their end.
_FREE_ENDED = """
    DELETE FROM django_activejob_uniquelock WHERE job_id {among} AND until <> 'expiry'
"""
_FREE_DROPPED = """
    DELETE FROM django_activejob_uniquelock
    WHERE until <> 'expiry' AND job_id IN (
        SELECT job_id FROM django_activejob_job WHERE id {among} AND state <> 'finished'
    )
"""


def take_lock(store: Store, envelope: Envelope) -> None:
    """Takes the lock of a new job, in the transaction in which the job is written.

    A retry needs none: it is never refused.

    Raises:
        DuplicateJob: another job holds it.
    """
    unique = envelope.unique
    if unique is None or envelope.payload["executions"]:
        return
    store.change(_DROP_EXPIRED, (unique.key,))
    facts = (unique.key, envelope.payload["job_id"], unique.until, unique.seconds)
    if not store.change(_TAKE, facts):
        raise DuplicateJob(_refusal(envelope, unique))


def free_started(store: Store, claims: Iterable[Claim]) -> None:
    """Frees the locks that end with the start of these jobs."""
    ids = [
        each.envelope.payload["job_id"]
        for each in claims
        if each.envelope and each.envelope.unique and each.envelope.unique.until == "start"
    ]
    if ids:
        store.run(lambda: store.change(_FREE_STARTED, (ids,)))


def free_ended(store: Store, envelopes: Iterable[Envelope | None]) -> None:
    """Frees the locks that end with the final end of these jobs."""
    ids = [each.payload["job_id"] for each in envelopes if each and each.unique]
    if ids:
        store.change(_FREE_ENDED, (ids,))


def free_dropped(store: Store, row_ids: list[int]) -> None:
    """Frees the locks of jobs that are about to be dropped before their end."""
    store.change(_FREE_DROPPED, (row_ids,))


def _refusal(envelope: Envelope, unique: Unique) -> str:
    return (
        f"{label(envelope.payload)}: another job holds the lock {unique.key!r}, until its "
        f"{unique.until} or for {unique.seconds:g} seconds at most; this one was not enqueued."
    )
