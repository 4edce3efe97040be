"""Many deliveries in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Unpack

from asgiref.sync import sync_to_async

from django_activejob.job.enqueuing import perform_all_later
from django_activejob.mail.message_delivery import MessageDelivery
from django_activejob.mail.options import JobOptions


def deliver_all_later(
    *deliveries: MessageDelivery | Iterable[Any],
    force: bool = False,
    **options: Unpack[JobOptions],
) -> None:
    """Enqueues many deliveries of mailers with one write an adapter, as Action Mailer's.

    Takes deliveries and (nested) iterables of them. Enqueue callbacks do not run, nor do
    the actions, and a message that was looked at is not refused.

    Args:
        force: as Action Mailer's ``deliver_all_later!``: sent whatever the mailers' switches say.
        options: ``wait``, ``wait_until``, ``queue``, ``priority``, for all of them.
    """
    perform_all_later(
        [
            delivery.to_job(with_params=True, force=force).set(**options)
            for delivery in _flattened(deliveries)
        ]
    )


async def adeliver_all_later(
    *deliveries: MessageDelivery | Iterable[Any],
    force: bool = False,
    **options: Unpack[JobOptions],
) -> None:
    """``deliver_all_later`` for async code."""
    await sync_to_async(lambda: deliver_all_later(*deliveries, force=force, **options))()


def _flattened(deliveries: Iterable[Any]) -> Iterator[MessageDelivery]:
    for item in deliveries:
        if isinstance(item, MessageDelivery):
            yield item
        else:
            yield from _flattened(item)
