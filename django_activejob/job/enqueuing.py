"""From a job to its adapter: callbacks, packing, handing over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, Literal

from django_activejob import clock, handler, signals
from django_activejob.contracts import Envelope, QueueAdapter, Receipt
from django_activejob.errors import ConfigurationError, EnqueueError, TickRefused
from django_activejob.instrumentation import notify
from django_activejob.job import callbacks, capabilities, deferring, registry
from django_activejob.job.packing import pack
from django_activejob.job.signature import check_arguments

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

logger = logging.getLogger(__name__)

Delivery = Callable[[Envelope], str | None]


stand_ins: Final[list[QueueAdapter]] = []
"""What takes the place of every class's adapter, the last one first; filled by test helpers."""


def adapter_of(job_class: type[ActiveJob]) -> QueueAdapter:
    """The adapter that the jobs of a class go to.

    Raises:
        ConfigurationError: the class's ``queue_adapter`` is neither a name nor an adapter.
    """
    if stand_ins:
        return stand_ins[-1]
    chosen = job_class.queue_adapter
    if isinstance(chosen, QueueAdapter):
        return chosen
    if chosen is None or isinstance(chosen, str):
        return handler.adapter(chosen)
    raise ConfigurationError(
        f"{registry.name_of(job_class)}.queue_adapter: {chosen!r} is no queue adapter. Name one, "
        "or give an instance of a subclass of QueueAdapter."
    )


def enqueue(job: ActiveJob) -> ActiveJob | Literal[False]:
    """Hands a job to its adapter, now or after the commit of open transactions.

    Returns:
        The job; False when a callback aborted or the adapter refused.

    Raises:
        SerializationError: an argument has no JSON form.
        AdapterUnavailable: the store cannot be reached.
    """
    adapter = adapter_of(type(job))
    alias = deferring.transaction_to_wait_for(type(job), adapter)
    if alias is None:
        return hand_over(job, adapter=adapter, deliver=adapter.enqueue)
    job.successfully_enqueued = None
    job.enqueue_error = None
    deferring.after_commit(alias, lambda: _enqueue_after_commit(job, adapter))
    return job


def hand_over(
    job: ActiveJob, *, adapter: QueueAdapter, deliver: Delivery
) -> ActiveJob | Literal[False]:
    """Runs the enqueue callbacks around packing a job and delivering its envelope."""
    job.successfully_enqueued = False
    job.enqueue_error = None
    started = clock.monotonic()
    try:
        callbacks.run(job, "enqueue", lambda: _deliver(job, adapter, deliver))
    except BaseException as error:
        notify(signals.enqueue_failed, type(job), job=job, adapter=adapter, error=error)
        raise
    _tell(job, adapter, seconds=clock.monotonic() - started)
    return job if job.successfully_enqueued else False


def perform_all_later(*jobs: ActiveJob | Iterable[Any]) -> None:
    """Enqueues many jobs with one write an adapter, as Active Job's ``perform_all_later``.

    Takes jobs and (nested) iterables of jobs, of mixed classes. Enqueue callbacks do not
    run. What became of each job stands in its ``successfully_enqueued`` and ``enqueue_error``.

    Raises:
        SerializationError: an argument has no JSON form; nothing of its adapter was enqueued.
        AdapterUnavailable: the store cannot be reached.
    """
    for (adapter, alias), group in _grouped(_flattened(jobs)).items():
        if alias is None:
            _enqueue_group(group, adapter)
        else:
            _defer_group(group, adapter, alias)


def _deliver(job: ActiveJob, adapter: QueueAdapter, deliver: Delivery) -> None:
    envelope = _packed_for(job, adapter)
    try:
        provider_job_id = deliver(envelope)
    except EnqueueError as error:
        job.enqueue_error = error
        return
    if provider_job_id is not None:
        job.provider_job_id = provider_job_id
    job.successfully_enqueued = True


def _packed_for(job: ActiveJob, adapter: QueueAdapter) -> Envelope:
    # A retry on a claim is the exception: inline performs it at once, whatever its time.
    if job.scheduled_at is not None and not adapter.supports_delay and job._run is None:
        raise ConfigurationError(
            f"{registry.name_of(type(job))} (job id {job.job_id}): the {adapter.display_name} "
            "adapter cannot run a job later. Drop wait and wait_until, or use an adapter that can."
        )
    if job.serialized_arguments is None:
        check_arguments(type(job), job.arguments, job.keyword_arguments)
    envelope = pack(job)
    capabilities.refuse_what_has_to_be_kept(type(job), envelope, adapter)
    capabilities.tell_what_is_not_kept(type(job), envelope, adapter)
    return envelope


def _tell(job: ActiveJob, adapter: QueueAdapter, *, seconds: float) -> None:
    facts: dict[str, Any] = {"job": job, "adapter": adapter}
    if job.successfully_enqueued:
        notify(signals.enqueued, type(job), seconds=seconds, **facts)
    elif isinstance(job.enqueue_error, TickRefused):
        return  # nothing has happened: another scheduler was first
    elif job.enqueue_error is not None:
        notify(signals.enqueue_failed, type(job), error=job.enqueue_error, **facts)
    else:
        notify(signals.enqueue_aborted, type(job), **facts)


def _enqueue_after_commit(job: ActiveJob, adapter: QueueAdapter) -> None:
    try:
        hand_over(job, adapter=adapter, deliver=adapter.enqueue)
    except Exception as error:
        # Nobody waits for this job's answer any more: keep it, and say it loudly.
        job.enqueue_error = _as_enqueue_error(error)
        logger.exception(
            "%s (job id %s) could not be enqueued after the commit; "
            "it is lost unless it is enqueued again.",
            registry.name_of(type(job)),
            job.job_id,
        )


def _as_enqueue_error(error: Exception) -> EnqueueError:
    if isinstance(error, EnqueueError):
        return error
    refused = EnqueueError(f"Enqueuing after the commit failed: {error}")
    refused.__cause__ = error
    return refused


_NO_RECEIPT: Any = Receipt(error=EnqueueError("The adapter gave no receipt for this job."))
Group = dict[tuple[QueueAdapter, str | None], list["ActiveJob"]]


def _flattened(jobs: Iterable[Any]) -> Iterator[ActiveJob]:
    for item in jobs:
        if isinstance(item, Iterable):
            yield from _flattened(item)
        else:
            yield item


def _grouped(jobs: Iterable[ActiveJob]) -> Group:
    groups: Group = {}
    for job in jobs:
        adapter = adapter_of(type(job))
        alias = deferring.transaction_to_wait_for(type(job), adapter)
        groups.setdefault((adapter, alias), []).append(job)
    return groups


def _defer_group(jobs: Sequence[ActiveJob], adapter: QueueAdapter, alias: str) -> None:
    for job in jobs:
        job.successfully_enqueued = None
        job.enqueue_error = None
    deferring.after_commit(alias, lambda: _enqueue_group_after_commit(jobs, adapter))


def _enqueue_group_after_commit(jobs: Sequence[ActiveJob], adapter: QueueAdapter) -> None:
    try:
        _enqueue_group(jobs, adapter)
    except Exception as error:
        for job in jobs:
            job.enqueue_error = _as_enqueue_error(error)
        logger.exception(
            "%s jobs could not be enqueued after the commit; they are lost unless enqueued again.",
            len(jobs),
        )


def _enqueue_group(jobs: Sequence[ActiveJob], adapter: QueueAdapter) -> None:
    for job in jobs:
        job.successfully_enqueued = False
        job.enqueue_error = None
    receipts = adapter.enqueue_all([_packed_for(job, adapter) for job in jobs]) or ()
    for job, receipt in zip_longest(jobs, receipts, fillvalue=_NO_RECEIPT):
        _note(job, receipt)
    count = sum(bool(job.successfully_enqueued) for job in jobs)
    notify(signals.enqueued_all, jobs=jobs, adapter=adapter, enqueued_count=count)


def _note(job: ActiveJob, receipt: Receipt) -> None:
    job.enqueue_error = receipt.error
    job.successfully_enqueued = receipt.error is None
    if receipt.provider_job_id is not None:
        job.provider_job_id = receipt.provider_job_id
