"""Signals → log lines, worded as Active Job's; the only module that writes about jobs.

Logger: ``django_activejob``. Lines from inside a job carry its class and id in front. The
facts are in ``extra`` too, under the names of Active Job's structured events: ``event``
("active_job.completed", …), job_class, job_id, queue, adapter, duration (milliseconds),
exception_class and the like.
"""

from __future__ import annotations

import logging
from functools import partial

from django_activejob import signals
from django_activejob.instrumentation import ask_first
from django_activejob.log_subscriber import enqueuing, performing, processes, recurring, steps
from django_activejob.log_subscriber.lines import logger


def connect() -> None:
    """Begins to listen; calling it again changes nothing."""
    for signal, receiver, level in _RECEIVERS:
        name = f"django_activejob.log_subscriber.{receiver.__name__}"
        signal.connect(receiver, dispatch_uid=name)
        ask_first(signal, partial(logger.isEnabledFor, level))


# Each with the least serious level at which it has something to say.
_RECEIVERS = (
    (signals.enqueued, enqueuing.enqueued, logging.INFO),
    (signals.enqueued_all, enqueuing.enqueued_all, logging.INFO),
    (signals.enqueue_failed, enqueuing.enqueue_failed, logging.ERROR),
    (signals.enqueue_aborted, enqueuing.enqueue_aborted, logging.INFO),
    (signals.performing, performing.performing, logging.INFO),
    (signals.performed, performing.performed, logging.INFO),
    (signals.perform_aborted, performing.perform_aborted, logging.ERROR),
    (signals.failed, performing.failed, logging.ERROR),
    (signals.retry_scheduled, performing.retry_scheduled, logging.INFO),
    (signals.retries_exhausted, performing.retries_exhausted, logging.ERROR),
    (signals.discarded, performing.discarded, logging.ERROR),
    (signals.error_reported, performing.error_reported, logging.WARNING),
    (signals.interrupted, steps.interrupted, logging.INFO),
    (signals.resumed, steps.resumed, logging.INFO),
    (signals.step_started, steps.step_started, logging.INFO),
    (signals.step_performed, steps.step_performed, logging.INFO),
    (signals.step_skipped, steps.step_skipped, logging.INFO),
    (signals.recurring_enqueued, recurring.recurring_enqueued, logging.INFO),
    (signals.recurring_skipped, recurring.recurring_skipped, logging.WARNING),
    (signals.process_pruned, processes.process_pruned, logging.WARNING),
)
