"""What makes a job one that goes in steps."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from typing_extensions import override

from django_activejob.continuations import body
from django_activejob.continuations.body import AsyncBody, Body
from django_activejob.continuations.continuation import Continuation
from django_activejob.continuations.step import Step
from django_activejob.errors import (
    CheckpointError,
    ConfigurationError,
    ContinuationError,
    EnqueueError,
    Interrupt,
    ResumptionsExhausted,
)
from django_activejob.job import context, deferring
from django_activejob.job.callbacks import around_perform
from django_activejob.job.cancelling import cancelled
from django_activejob.job.handlers import class_name_of
from django_activejob.job.retrying import retry_job

if TYPE_CHECKING:
    from django_activejob.contracts import Payload
    from django_activejob.job.base import ActiveJob

    _Job = ActiveJob
else:
    _Job = object

_OPTIONS: Final = ("wait", "queue", "priority")


class Continuable(_Job):
    """Lets a job go in steps, as Active Job's Continuable does.

    ``class ImportJob(Continuable, ActiveJob)``. At a checkpoint a job looks whether its process
    is to stop. Then it is interrupted and enqueued again with what it has done, and goes on from
    there, maybe in another process. Code outside of steps runs in every execution.

    Attributes:
        resumptions: how often the job has gone on after an interruption or an error.
        continuation: how far it has come.
    """

    max_resumptions: ClassVar[int | None] = None
    """How often the job may be resumed before it fails; None means without end."""

    resume_options: ClassVar[Mapping[str, Any]] = MappingProxyType({"wait": 5})
    """What ``retry_job`` is given when the job is resumed: wait (seconds), queue, priority."""

    resume_errors_after_advancing: ClassVar[bool] = True
    """Whether an error, too, only interrupts a job that has got further in this execution."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in cls.resume_options:
            if name not in _OPTIONS:
                raise ConfigurationError(
                    f"{cls.__qualname__}.resume_options[{name!r}]: no such option. "
                    f"There are: {', '.join(_OPTIONS)}."
                )

    def __init__(self, *arguments: Any, **keyword_arguments: Any) -> None:
        super().__init__(*arguments, **keyword_arguments)
        self.resumptions = 0
        self.continuation = Continuation(self)
        self._serialized_continuation: Any = None

    def step(
        self, step: str | Body, do: Body | None = None, *, start: Any = None, isolated: bool = False
    ) -> None:
        """Does one step, unless an earlier execution has completed it.

        Before a step, but for the first that is done in an execution, there is a checkpoint.

        Args:
            step: a method of the job, or its name; with ``do``, just a name. It is by its name
                that the step is known when the job is resumed.
            do: what to do; a function that takes the Step, or nothing.
            start: the first cursor; any value that can be an argument of a job.
            isolated: have an execution for this step alone.

        Raises:
            InvalidStep: the step has no name, cannot be called, stands in another, is there
                twice, or is not the one that comes next after those completed.
            CheckpointError: a transaction is open.
        """
        name, action = body.named(self, step, do)
        action = body.callable_with_step(self, name, action)
        running = self._enter(name, start=start, isolated=isolated)
        if running is not None:
            with self.continuation.running(running):
                action(running)

    async def astep(
        self,
        step: str | AsyncBody,
        do: AsyncBody | None = None,
        *,
        start: Any = None,
        isolated: bool = False,
    ) -> None:
        """``step`` for an async ``perform``: awaits a coroutine function."""
        name, action = body.named(self, step, do)
        action = body.awaitable_with_step(self, name, action)
        running = self._enter(name, start=start, isolated=isolated)
        if running is not None:
            with self.continuation.running(running):
                await action(running)

    @override
    def checkpoint(self) -> None:
        """Interrupts the job if there is a reason to; the Interrupt is not for it to catch.

        Raises:
            JobCancelled: an operator has cancelled it; it is not resumed.
            CheckpointError: a transaction is open, which the interruption would roll back.
        """
        if aliases := deferring.open_transactions():
            raise CheckpointError(
                f"{self.continuation.label}: a checkpoint inside a transaction "
                f"on {', '.join(aliases)}. Reach it after the transaction has ended."
            )
        super().checkpoint()
        reason = context.stopping(self)
        if reason:
            self.interrupt(reason)

    def interrupt(self, reason: str) -> None:
        """Leaves this execution now; the job is resumed after a pause."""
        raise self.continuation.interrupt(reason)

    @override
    def serialize(self) -> Payload:
        """The JSON form of the job, with how far it has come."""
        payload = super().serialize()
        raw = self._serialized_continuation
        payload["continuation"] = self.continuation.serialize() if raw is None else raw
        payload["resumptions"] = self.resumptions
        return payload

    @override
    def deserialize(self, payload: Mapping[str, Any]) -> None:
        """Fills the job; how far it has come stays undecoded until it is run, like arguments."""
        super().deserialize(payload)
        self._serialized_continuation = payload.get("continuation")
        self.resumptions = payload.get("resumptions") or 0

    def _enter(self, name: str, *, start: Any, isolated: bool) -> Step | None:
        if self.continuation.has_advanced:
            self.checkpoint()
        return self.continuation.enter(name, start=start, isolated=isolated)

    @around_perform
    def _continue(self) -> Generator[None, Any, None]:
        self._restore()
        try:
            yield
        except Interrupt as interrupt:
            self._resume(interrupt, reason=interrupt.reason)
        except ContinuationError:
            raise
        except Exception as error:
            if not (self.resume_errors_after_advancing and self.continuation.has_advanced):
                raise
            self._resume(error, reason=class_name_of(type(error)))

    def _restore(self) -> None:
        if self._serialized_continuation is not None:
            self.continuation = Continuation.restored(self, self._serialized_continuation)
            self._serialized_continuation = None
        if self.continuation.has_begun:
            self.resumptions += 1
            self.continuation.tell_resumed()

    def _resume(self, cause: BaseException, *, reason: str) -> None:
        if self.is_cancelled:
            raise cancelled(self) from cause
        self._count(reason)
        if self.max_resumptions is not None and self.resumptions >= self.max_resumptions:
            raise ResumptionsExhausted(
                f"{self.continuation.label}: it was resumed a maximum of "
                f"{self.max_resumptions} times. Look at what keeps it from going on, and retry "
                "it; or raise max_resumptions."
            ) from cause
        if self._run is not None:
            self._run.resumed_after = cause
        error = None if isinstance(cause, Interrupt) else cause
        if not retry_job(self, error=error, **self.resume_options):
            # Active Job drops such a job without a word; here it fails, and can be seen.
            why = self.enqueue_error or "a before_enqueue callback ended it"
            raise EnqueueError(
                f"{self.continuation.label}: it was to be resumed, but its "
                f"enqueuing did not succeed: {why}."
            ) from cause

    def _count(self, reason: str) -> None:
        # By reason, where Active Job takes the message: a key for each cursor has no end.
        # None was written by a Rails before 6.0.
        if self.exception_executions is not None:
            count = self.exception_executions.get(reason, 0)
            self.exception_executions[reason] = count + 1
