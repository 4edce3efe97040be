"""Queue and priority: said at the class, worked out for each job."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django_activejob import conf
from django_activejob.errors import ConfigurationError

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

J = TypeVar("J", bound="ActiveJob")

QueueName = str | None
Priority = int | None


def queue_as(
    name: QueueName | Callable[[Any], QueueName],
) -> Callable[[type[J]], type[J]]:
    """Says to which queue the jobs of a class go, as Active Job's ``queue_as``.

    Args:
        name: a name, None for the default queue, or a callable that is given the job.
            The prefix of the class or the settings is put before it.
    """

    def decorate(job_class: type[J]) -> type[J]:
        job_class._queue = staticmethod(name) if callable(name) else name
        return job_class

    return decorate


def queue_with_priority(
    priority: Priority | Callable[[Any], Priority],
) -> Callable[[type[J]], type[J]]:
    """Says how urgent the jobs of a class are, as Active Job's ``queue_with_priority``.

    Args:
        priority: smaller is sooner; None for the default; or a callable that is given the job.
    """

    def decorate(job_class: type[J]) -> type[J]:
        job_class._priority = staticmethod(priority) if callable(priority) else priority
        return job_class

    return decorate


def check_timeout(job_class: type[ActiveJob]) -> None:
    """Checks the time limit of a class.

    Raises:
        ConfigurationError: it is neither None nor a number of seconds above 0.
    """
    timeout: Any = job_class.timeout
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if timeout is not None and not (is_number and timeout > 0):
        raise ConfigurationError(
            f"{job_class.__qualname__}.timeout = {timeout!r}: give a number of seconds above 0, "
            "or None for no limit."
        )


def check_retry(job_class: type[ActiveJob]) -> None:
    """Checks how often an adapter is to perform the failed jobs of a class again.

    Raises:
        ConfigurationError: it is neither None nor a bool nor a whole number from 0.
    """
    retry: Any = job_class.retry
    if retry is not None and not (isinstance(retry, int) and retry >= 0):
        raise ConfigurationError(
            f"{job_class.__qualname__}.retry = {retry!r}: give a whole number from 0, True for "
            "25 times, False for never, or None for what the adapter does."
        )


def queue_name_for(job: ActiveJob) -> str:
    """The queue of a job that was given none."""
    said = type(job)._queue
    return full_queue_name(type(job), said(job) if callable(said) else said)


def priority_for(job: ActiveJob) -> Priority:
    """The priority of a job that was given none."""
    said = type(job)._priority
    priority = said(job) if callable(said) else said
    return conf.settings().default_priority if priority is None else priority


def full_queue_name(job_class: type[ActiveJob], name: QueueName) -> str:
    """A queue's name with the prefix; None stands for the default queue."""
    settings = conf.settings()
    prefix = job_class.queue_name_prefix
    if prefix is None:
        prefix = settings.queue_name_prefix
    if name is None:
        name = settings.default_queue_name
    return f"{prefix}{settings.queue_name_delimiter}{name}" if prefix else str(name)
