"""Nothing runs before its data is there: enqueuing waits for open transactions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction

from django_activejob import conf

if TYPE_CHECKING:
    from django_activejob.conf import CommitPolicy
    from django_activejob.contracts import QueueAdapter
    from django_activejob.job.base import ActiveJob


def transaction_to_wait_for(job_class: type[ActiveJob], adapter: QueueAdapter) -> str | None:
    """The alias of an open transaction that has to end before jobs of a class are enqueued.

    By ``enqueue_after_transaction_commit`` of the class or the settings: True waits for
    all, False for none; ``"auto"`` waits for all unless the only open one is that in which
    the adapter writes anyway: then the job commits or rolls back with the data.
    """
    policy: CommitPolicy | None = job_class.enqueue_after_transaction_commit
    if policy is None:
        policy = conf.settings().enqueue_after_transaction_commit
    if policy is False:
        return None
    waiting = open_transactions()
    if policy == "auto" and waiting == [adapter.transaction_alias]:
        return None
    return waiting[0] if waiting else None


def after_commit(alias: str, action: Callable[[], None]) -> None:
    """Runs an action once no transaction is open any more; a rollback of ``alias`` drops it."""

    def look_again() -> None:
        waiting = open_transactions()
        if waiting:
            after_commit(waiting[0], action)
        else:
            action()

    # Robust, for it runs among the on_commit callbacks of the project.
    transaction.on_commit(look_again, using=alias, robust=True)


def open_transactions() -> list[str]:
    """The aliases with an open atomic block.

    The block that Django's TestCase wraps around a test does not count, for it never commits.
    """
    return [
        connection.alias
        for connection in connections.all(initialized_only=True)
        if connection.in_atomic_block and not all(map(_is_of_testcase, connection.atomic_blocks))
    ]


def _is_of_testcase(block: Any) -> bool:
    return bool(block._from_testcase)
