"""The job itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any, ClassVar, Literal, ParamSpec

from asgiref.sync import sync_to_async
from django.utils import timezone as django_timezone

from django_activejob.conf import CommitPolicy
from django_activejob.contracts import Limit, OnCrash, Payload, QueueAdapter, Throttle, Unique
from django_activejob.errors import EnqueueError
from django_activejob.job import (
    enqueuing,
    execution,
    options,
    packing,
    registry,
    retrying,
    surroundings,
)
from django_activejob.job.cancelling import cancelled
from django_activejob.job.configured import ConfiguredJob, Performs, Set, Wait, new_job
from django_activejob.job.context import ClaimedRun, is_cancelled

P = ParamSpec("P")


class ActiveJob:
    """A piece of work that can be done later, elsewhere; the base class of all jobs.

    Subclasses implement ``perform``, as a function or a coroutine function. An instance is
    one piece of work: it keeps its ``job_id`` through retries.

    Attributes, all as Active Job's:
        arguments, keyword_arguments: what ``perform`` receives.
        job_id: a random UUID as text.
        provider_job_id: the adapter's own id; None before it was enqueued.
        queue_name, priority: where the job goes, how urgent it is (smaller is sooner).
        scheduled_at: when it shall run, aware; None means at once.
        enqueued_at: when it was enqueued, aware; only on jobs read back from a store.
        executions: how often it was run, the present time included.
        exception_executions: how often each ``retry_on`` has counted.
        locale, timezone: what is active while it runs: that of the enqueuer.
        successfully_enqueued: None until tried, or while a commit is waited for.
        enqueue_error: why the adapter refused it.
    """

    queue_adapter: ClassVar[str | QueueAdapter | None] = None
    """Alias of the adapter, or an adapter; None means the setting QUEUE_ADAPTER."""

    queue_name_prefix: ClassVar[str | None] = None
    """None means the setting QUEUE_NAME_PREFIX; an empty string means no prefix."""

    log_arguments: ClassVar[bool | None] = None
    """Whether log lines show the arguments; None means the setting LOG_ARGUMENTS."""

    masked_arguments: ClassVar[tuple[str, ...]] = ()
    """Names of arguments, and of keys in them, that log lines and admin pages do not show;
    besides those of the setting MASKED_ARGUMENTS."""

    enqueue_after_transaction_commit: ClassVar[CommitPolicy | None] = None
    """Whether enqueuing waits for open transactions; None means the setting of that name."""

    retry_jitter: ClassVar[float | None] = None
    """Share of a retry's wait that chance adds; None means the setting RETRY_JITTER."""

    on_crash: ClassVar[OnCrash] = "retry"
    """What happens when the process dies in the middle: run again, or fail."""

    timeout: ClassVar[float | None] = None
    """Seconds that ``perform`` may take in a worker, before JobTimeout; None means no limit."""

    retry: ClassVar[int | bool | None] = None
    """How often the adapter performs a job again whose error its class does not handle, where it
    does that (redis): a number, True for Sidekiq's 25, False or 0 for never; None for its own."""

    wire_name: ClassVar[str | None] = None
    """The class's name in payloads, where it is not to be worked out; not inherited."""

    aliases: ClassVar[tuple[str, ...]] = ()
    """Former names, so that jobs enqueued under them still run; not inherited."""

    limit_for: ClassVar[Callable[[Any], Limit | None] | None] = None
    """Gives the limit that a new job is under; set by ``limits_concurrency``."""

    throttle_for: ClassVar[Callable[[Any], Throttle | None] | None] = None
    """Gives the throttle that a job is under; set by ``throttle``."""

    unique_lock_for: ClassVar[Callable[[Any], Unique | None] | None] = None
    """Gives the lock that makes a new job unique; set by ``unique_for``."""

    _queue: ClassVar[str | Callable[[Any], str | None] | None] = None
    _priority: ClassVar[int | Callable[[Any], int | None] | None] = None
    _callbacks: ClassVar[dict[str, Any]]

    set = Set()
    """``J.set(wait=…, queue=…).perform_later(…)``, or ``job.set(…).enqueue()``."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        options.check_timeout(cls)
        options.check_retry(cls)
        registry.register(cls)

    def __init__(self, *arguments: Any, **keyword_arguments: Any) -> None:
        self.arguments: list[Any] = list(arguments)
        self.keyword_arguments: dict[str, Any] = keyword_arguments
        self.serialized_arguments: list[Any] | None = None
        self._job_id: str | None = None
        self.provider_job_id: str | None = None
        self.scheduled_at: datetime | None = None
        self.enqueued_at: datetime | None = None
        self.executions = 0
        self.exception_executions: dict[str, int] = {}
        self.locale: str | None = None
        self._zone: tzinfo | str | None = django_timezone.get_current_timezone()
        self.successfully_enqueued: bool | None = None
        self.enqueue_error: EnqueueError | None = None
        self._queue_name: str | None = None
        self._priority_value: int | None = None
        self._run: ClaimedRun | None = None

    def __repr__(self) -> str:
        return f"<{registry.name_of(type(self))} job_id={self.job_id}>"

    # At the class

    @classmethod
    def perform_later(
        cls: type[Performs[P]], *args: P.args, **kwargs: P.kwargs
    ) -> ActiveJob | Literal[False]:
        """Enqueues a job with these arguments; once its transaction commits, if one is open.

        Returns:
            The job, or False when a callback aborted or the adapter refused it.

        Raises:
            TypeError: ``perform`` does not take these arguments.
            SerializationError: one of them has no JSON form.
            AdapterUnavailable: the store cannot be reached.
        """
        return _job_of(cls, args, kwargs).enqueue()

    @classmethod
    async def aperform_later(
        cls: type[Performs[P]], *args: P.args, **kwargs: P.kwargs
    ) -> ActiveJob | Literal[False]:
        """``perform_later`` for async code."""
        return await sync_to_async(lambda: _job_of(cls, args, kwargs).enqueue())()

    @classmethod
    def perform_now(cls: type[Performs[P]], *args: P.args, **kwargs: P.kwargs) -> Any:
        """Runs a job with these arguments here and now, with callbacks and handlers.

        Returns:
            What ``perform`` returned; the error, when a handler dealt with it; False when
            a ``before_perform`` aborted.
        """
        return _job_of(cls, args, kwargs)._perform_now()

    @classmethod
    def perform_in(
        cls: type[Performs[P]], wait: Wait, /, *args: P.args, **kwargs: P.kwargs
    ) -> ActiveJob | Literal[False]:
        """Enqueues a job that runs after ``wait`` (seconds or a timedelta)."""
        return ConfiguredJob(cls, {"wait": wait}).perform_later(*args, **kwargs)

    @classmethod
    def perform_at(
        cls: type[Performs[P]], when: datetime, /, *args: P.args, **kwargs: P.kwargs
    ) -> ActiveJob | Literal[False]:
        """Enqueues a job that runs at ``when``; a naive time is in the current time zone."""
        return ConfiguredJob(cls, {"wait_until": when}).perform_later(*args, **kwargs)

    # At the job

    def perform(self, *args: Any, **kwargs: Any) -> Any:
        """Does the work; every job class has its own."""
        raise NotImplementedError(f"{registry.name_of(type(self))} has to implement perform().")

    def _perform_now(self) -> Any:
        return execution.perform_now(self)

    def enqueue(self) -> ActiveJob | Literal[False]:
        """Hands this job to its adapter; see ``perform_later``."""
        return enqueuing.enqueue(self)

    def retry_job(
        self,
        *,
        wait: Wait | None = None,
        wait_until: datetime | None = None,
        queue: str | None = None,
        priority: int | None = None,
    ) -> ActiveJob | Literal[False]:
        """Enqueues this job once more, with its id and counters; for handlers and ``perform``."""
        return retrying.retry_job(
            self, wait=wait, wait_until=wait_until, queue=queue, priority=priority
        )

    @property
    def is_cancelled(self) -> bool:
        """Whether an operator has cancelled the job while a worker performs it."""
        return is_cancelled(self)

    def checkpoint(self) -> None:
        """Ends the job here if an operator has cancelled it; for loops of ``perform``.

        Raises:
            JobCancelled: which is not for the job to catch.
        """
        if is_cancelled(self):
            raise cancelled(self)

    def serialize(self) -> Payload:
        """The JSON form of this job; overrides add keys of their own to ``super()``'s."""
        return packing.to_payload(self)

    def deserialize(self, payload: Mapping[str, Any]) -> None:
        """Fills this job from its JSON form; overrides call ``super()``.

        Arguments stay undecoded until the job is run, so that its handlers see what goes wrong.
        """
        packing.from_payload(self, payload)

    @property
    def job_id(self) -> str:
        """The job's own id, made when it is first asked for."""
        if self._job_id is None:
            self._job_id = str(uuid.uuid4())
        return self._job_id

    @job_id.setter
    def job_id(self, job_id: str) -> None:
        self._job_id = job_id

    @property
    def timezone(self) -> str | None:
        """The name of the time zone that the job runs in: that in which it was made."""
        if isinstance(self._zone, tzinfo):
            self._zone = surroundings.name_of(self._zone)
        return self._zone

    @timezone.setter
    def timezone(self, name: str | None) -> None:
        self._zone = name

    @property
    def queue_name(self) -> str:
        """The queue, worked out when it is first asked for."""
        if self._queue_name is None:
            self._queue_name = options.queue_name_for(self)
        return self._queue_name

    @queue_name.setter
    def queue_name(self, name: str) -> None:
        self._queue_name = name

    @property
    def priority(self) -> int | None:
        """The priority, worked out when it is first asked for."""
        if self._priority_value is None:
            self._priority_value = options.priority_for(self)
        return self._priority_value

    @priority.setter
    def priority(self, priority: int | None) -> None:
        self._priority_value = priority


def _job_of(job_class: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> ActiveJob:
    # As in Active Job, a job given to its own class is taken as it is.
    if args and isinstance(args[0], job_class):
        return args[0]  # type: ignore[no-any-return]  # an instance of a job class
    return new_job(job_class, args, kwargs)
