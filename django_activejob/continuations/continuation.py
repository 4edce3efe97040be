"""How far a job has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from django_activejob import clock, signals
from django_activejob.continuations.order import objection_to
from django_activejob.continuations.step import Step
from django_activejob.errors import Interrupt, InvalidStep, MalformedPayload, SerializationError
from django_activejob.instrumentation import notify
from django_activejob.job import registry
from django_activejob.job.enqueuing import adapter_of
from django_activejob.serialization import deserialize, serialize

if TYPE_CHECKING:
    from django_activejob.continuations.continuable import Continuable


class Continuation:
    """The steps of one job: those completed, the current one, and what this execution did.

    In a payload: ``{"completed": ["load"], "current": ["rows", 433]}``, without ``current``
    between steps. Owned by the thread that executes the job.
    """

    def __init__(self, job: Continuable) -> None:
        self._job = job
        self._completed: list[str] = []
        self._current: Step | None = None
        self._encountered: list[str] = []
        self._is_running = False
        self._is_isolating = False
        self._has_completed_a_step = False

    @classmethod
    def restored(cls, job: Continuable, raw: Any) -> Continuation:
        """What a payload says of a job's steps.

        Raises:
            MalformedPayload: it says nothing that can be understood.
            DeserializationError: the cursor cannot be read back.
        """
        continuation = cls(job)
        continuation._completed, current = continuation._parts_of(raw)
        if current is not None:
            name, cursor = current
            continuation._current = continuation._new_step(name, deserialize(cursor), resumed=True)
        return continuation

    @property
    def label(self) -> str:
        """The job's class and id, with which messages begin."""
        return f"{registry.name_of(type(self._job))} (job id {self._job.job_id})"

    @property
    def completed(self) -> Sequence[str]:
        """The names of the steps that are done, in order."""
        return tuple(self._completed)

    @property
    def current(self) -> Step | None:
        """The step that has begun and is not done; None between steps."""
        return self._current

    @property
    def has_begun(self) -> bool:
        """Whether anything was done, be it in an earlier execution."""
        return bool(self._completed) or self._current is not None

    @property
    def has_advanced(self) -> bool:
        """Whether this execution has done a step, or moved a cursor."""
        is_moved = self._current is not None and self._current.advanced
        return self._has_completed_a_step or is_moved

    @property
    def description(self) -> str:
        """Where the job is, for people: ``at 'rows', cursor '433'``, ``after 'load'``."""
        if self._current is not None:
            return self._current.description
        return f"after '{self._completed[-1]}'" if self._completed else "not started"

    def serialize(self) -> dict[str, Any]:
        """The part of the payload.

        Raises:
            SerializationError: the cursor has no JSON form.
        """
        payload: dict[str, Any] = {"completed": list(self._completed)}
        if self._current is not None:
            payload["current"] = [self._current.name, self._serialized_cursor(self._current)]
        return payload

    def enter(self, name: str, *, start: Any, isolated: bool) -> Step | None:
        """The step to be run now; None when it is done already.

        Raises:
            InvalidStep: another step has to come here.
            Interrupt: it has to wait for an execution of its own.
        """
        self._check(name)
        self._encountered.append(name)
        if name in self._completed:
            self._tell(signals.step_skipped, step=name)
            return None
        self._is_isolating = self._is_isolating or isolated
        if self._is_isolating and self.has_advanced:
            raise self.interrupt("isolating")
        if self._current is None:
            self._current = self._new_step(name, start, resumed=False)
        return self._current

    @contextmanager
    def running(self, step: Step) -> Iterator[None]:
        """Surrounds the code of a step; when that comes to its end, the step is done."""
        self._is_running = True
        self._tell(signals.step_started, step=step)
        started = clock.monotonic()
        try:
            yield
        except BaseException as error:
            self._tell_end(step, error, started=started)
            raise
        finally:
            self._is_running = False
        self._completed.append(step.name)
        self._current = None
        self._has_completed_a_step = True
        self._tell_end(step, None, started=started)

    def interrupt(self, reason: str) -> Interrupt:
        """What is to be raised to leave this execution; observers are told."""
        self._tell(signals.interrupted, reason=reason, **self._facts())
        return Interrupt(reason, description=self.description)

    def tell_resumed(self) -> None:
        """Tells observers that the job goes on."""
        self._tell(signals.resumed, **self._facts())

    def _parts_of(self, raw: Any) -> tuple[list[str], tuple[str, Any] | None]:
        try:
            name, cursor = raw.get("current") or (None, None)
            completed = [str(done) for done in raw["completed"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MalformedPayload(
                f"{self.label}: its continuation says nothing of steps: {raw!r}."
            ) from error
        return completed, None if name is None else (str(name), cursor)

    def _check(self, name: str) -> None:
        objection = objection_to(
            name,
            encountered=self._encountered,
            completed=self._completed,
            current=self._current.name if self._current is not None else None,
            is_running=self._is_running,
        )
        if objection is not None:
            raise InvalidStep(
                f"{self.label}: {objection}. perform has to come to the same steps, in the "
                "same order, in every execution; each once, none inside another."
            )

    def _new_step(self, name: str, cursor: Any, *, resumed: bool) -> Step:
        return Step(name, cursor, checkpoint=self._job.checkpoint, resumed=resumed)

    def _serialized_cursor(self, step: Step) -> Any:
        try:
            return serialize(step.cursor)
        except SerializationError as error:
            raise SerializationError(
                f"{self.label}: the cursor of step '{step.name}': {error}"
            ) from error

    def _facts(self) -> dict[str, Any]:
        return {
            "description": self.description,
            "completed_steps": self.completed,
            "current_step": self._current,
        }

    def _tell_end(self, step: Step, error: BaseException | None, *, started: float) -> None:
        is_interrupted = isinstance(error, Interrupt)
        self._tell(
            signals.step_performed,
            step=step,
            seconds=clock.monotonic() - started,
            interrupted=is_interrupted,
            error=None if is_interrupted else error,
        )

    def _tell(self, signal: Signal, **facts: Any) -> None:
        job, run = self._job, self._job._run
        adapter = run.adapter if run is not None else adapter_of(type(job))
        notify(signal, type(job), job=job, adapter=adapter, **facts)
