"""Runs jobs in threads of this very process, for development: Active Job's async adapter."""

from __future__ import annotations

import atexit
import json
import logging
import os
import uuid
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from typing_extensions import override

from django_activejob import clock
from django_activejob.contracts import Outcome, QueueAdapter
from django_activejob.errors import InvalidOptions
from django_activejob.job.execution import execute, execute_and_tell

from .pool import Pool, Size
from .rates import Rates
from .timer import Timer

if TYPE_CHECKING:
    from django_activejob.contracts import Envelope

logger = logging.getLogger(__name__)

_VARIABLE: Final = "ACTIVE_JOB_MAX_THREADS"
_FIVE: Final = "5"


class AsyncAdapter(QueueAdapter):
    """No store and no worker: a line of jobs in memory, and threads that perform them.

    Queues and priorities make no difference. A throttle counts within this process. A retry
    comes when its wait is over; an error is seen in the log alone. **Jobs that have not ended
    when the process ends are lost**; a warning then counts them. A forked child starts with none.

    Args:
        min_threads: how many threads stay, however long they are idle.
        max_threads: how many jobs run at once; None means the environment variable
            ACTIVE_JOB_MAX_THREADS, or 5.
        idle_time: seconds after which an idle thread ends.
        immediate: every job, a scheduled one too, runs at once in the thread that enqueues
            it, and raises its error there; for tests.

    Raises:
        InvalidOptions: an option has a value that makes no sense.
    """

    supports_delay: ClassVar[bool] = True
    supports_throttles: ClassVar[bool] = True

    def __init__(
        self,
        *,
        min_threads: int = 0,
        max_threads: int | None = None,
        idle_time: float = 60.0,
        immediate: bool = False,
    ) -> None:
        self._size = _size(least=min_threads, most=max_threads, idle_time=idle_time)
        self._immediate = immediate
        self.forget()
        _adapters.add(self)

    @override
    def enqueue(self, envelope: Envelope) -> str:
        """Takes a job as it is now; what its arguments turn into later makes no difference."""
        provider_job_id = str(uuid.uuid4())
        own = _own_copy(envelope, provider_job_id)
        if self._immediate:
            self._perform_here(own)
        elif own.scheduled_at is not None and own.scheduled_at > clock.now():
            self._timer.call_at(own.scheduled_at, lambda: self._submit(own))
        else:
            self._submit(own)
        return provider_job_id

    def shutdown(self, *, wait: bool = True) -> None:
        """Ends the threads, once they have performed every job that is due.

        A job that is enqueued, or comes due, after this runs in the thread that brings it.

        Args:
            wait: whether to return only when those jobs have ended, however long they take.
        """
        self._pool.end()
        if wait:
            self._pool.join()

    def waiting(self) -> int:
        """How many jobs have not begun: those that are scheduled, and those without a thread."""
        return self._timer.waiting() + self._pool.waiting()

    def running(self) -> int:
        """How many jobs the threads are at."""
        return self._pool.running()

    @override
    def close(self) -> None:
        """Gives up the jobs that have not ended, with a warning that counts them."""
        waiting, running = self._timer.clear() + self._pool.clear(), self._pool.running()
        if waiting or running:
            logger.warning(
                "The async adapter keeps its jobs in memory: %s waiting and %s running are "
                "lost, for their process ends. For jobs that must not be lost, use a queue "
                'adapter that stores them, such as "database".',
                waiting,
                running,
            )

    @override
    def forget(self) -> None:
        """Begins anew, with neither threads nor jobs."""
        self._pool = Pool(self._size)
        self._timer = Timer()
        self._rates = Rates()

    def _submit(self, envelope: Envelope) -> None:
        moment = self._rates.moment_for(envelope.throttle) if envelope.throttle else None
        if moment is not None and moment > clock.now():
            self._timer.call_at(moment, lambda: self._start(envelope))
        else:
            self._start(envelope)

    def _start(self, envelope: Envelope) -> None:
        if not self._pool.submit(lambda: self._perform(envelope)):
            self._perform(envelope)

    def _perform(self, envelope: Envelope) -> None:
        execution = execute(envelope, adapter=self)
        if execution.retry is not None:
            self.enqueue(execution.retry)

    def _perform_here(self, envelope: Envelope) -> None:
        waiting: Envelope | None = envelope
        while waiting is not None:
            execution, error = execute_and_tell(waiting, adapter=self)
            if execution.outcome is Outcome.FAILED and error is not None:
                raise error
            waiting = execution.retry


def _own_copy(envelope: Envelope, provider_job_id: str) -> Envelope:
    # Through text, so that what a store would refuse is refused here too.
    text = json.dumps({**envelope.payload, "provider_job_id": provider_job_id})
    return replace(envelope, payload=json.loads(text))


# Options


def _size(*, least: Any, most: Any, idle_time: Any) -> Size:
    if not (_is_number(idle_time) and idle_time > 0):
        raise _invalid("idle_time", idle_time, "a number of seconds above 0")
    if most is None:
        most = _from_environment()
    if not (_is_whole(most) and most >= 1):
        raise _invalid("max_threads", most, "a whole number of at least 1")
    if not (_is_whole(least) and 0 <= least <= most):
        raise _invalid("min_threads", least, f"a whole number from 0 to max_threads ({most})")
    return Size(least=least, most=most, idle_time=idle_time)


def _from_environment() -> int:
    text = os.environ.get(_VARIABLE) or _FIVE
    if not text.isdecimal() or not int(text):
        raise InvalidOptions(
            f"The environment variable {_VARIABLE} is {text!r}; "
            "it has to be a whole number of at least 1."
        )
    return int(text)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _invalid(option: str, value: object, wanted: str) -> InvalidOptions:
    return InvalidOptions(
        f"The async adapter's option {option!r} is {value!r}; it has to be {wanted}."
    )


# The ends of processes, and their beginnings


_adapters: weakref.WeakSet[AsyncAdapter] = weakref.WeakSet()


def _close_all() -> None:
    for adapter in list(_adapters):
        adapter.close()


def _forget_all() -> None:
    # The handler knows adapters by alias only; a class may hold one of its own.
    for adapter in list(_adapters):
        adapter.forget()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_all)
