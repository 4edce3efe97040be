"""What a job class has to say about errors: retry, discard, or rescue.

Handlers decide, execution acts: a decision is a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from django.utils.module_loading import import_string

from django_activejob import conf
from django_activejob.errors import ConfigurationError
from django_activejob.job import backoff

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

J = TypeVar("J", bound="ActiveJob")
T = TypeVar("T")
ExceptionName = type[BaseException] | str
Then = Callable[[Any, BaseException], Any]

_OWN = "_own_handlers"
_COMPILED = "_handlers"
MARK = "_active_job_rescues"


# Decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Run the job again after ``wait`` seconds."""

    error: BaseException
    wait: float
    queue: str | None
    priority: int | None
    report: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """It was retried in vain; without ``then`` the job fails with the error."""

    error: BaseException
    then: Then | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard:
    """Drop the job for good."""

    error: BaseException
    then: Then | None
    report: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """Let a method of the job deal with it."""

    error: BaseException
    method: str


Decision = Retry | Exhausted | Discard | Rescue


def decide(job: ActiveJob, error: BaseException) -> Decision | None:
    """What the class of a job wants done about an error; None when it says nothing.

    The handler declared last is asked first, the class before its parents. When none
    fits the error, its ``__cause__`` is asked about, and so on; the decision then carries
    that cause. A retry is counted here.
    """
    handlers = _of(type(job))
    for candidate in _with_causes(error):
        for handler in handlers:
            if isinstance(candidate, handler.exceptions()):
                return handler.decide(job, candidate)
    return None


# Declarations


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handler:
    names: tuple[ExceptionName, ...]

    def exceptions(self) -> tuple[type[BaseException], ...]:
        return tuple(import_string(n) if isinstance(n, str) else n for n in self.names)

    def decide(self, job: ActiveJob, error: BaseException) -> Decision:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class _RetryOn(_Handler):
    wait: backoff.Wait
    attempts: int | Literal["unlimited"]
    queue: str | None
    priority: int | None
    jitter: float | None
    then: Then | None
    report: bool

    def decide(self, job: ActiveJob, error: BaseException) -> Decision:
        count = self._count(job)
        if self.attempts != "unlimited" and count >= self.attempts:
            return Exhausted(error=error, then=self.then)
        wait = backoff.seconds_before_retry(
            self.wait, count=count, error=error, jitter=self._jitter_for(job)
        )
        return Retry(
            error=error,
            wait=wait,
            queue=self.queue,
            priority=self.priority,
            report=self.report,
        )

    def _count(self, job: ActiveJob) -> int:
        if job.exception_executions is None:
            # Written by a Rails before 6.0, which kept one counter for everything.
            return job.executions
        key = f"[{', '.join(_text_of(name) for name in self.names)}]"
        count = job.exception_executions.get(key, 0) + 1
        job.exception_executions[key] = count
        return count

    def _jitter_for(self, job: ActiveJob) -> float:
        for jitter in (self.jitter, job.retry_jitter):
            if jitter is not None:
                return jitter
        return conf.settings().retry_jitter


@dataclass(frozen=True, slots=True, kw_only=True)
class _DiscardOn(_Handler):
    then: Then | None
    report: bool

    def decide(self, job: ActiveJob, error: BaseException) -> Decision:
        return Discard(error=error, then=self.then, report=self.report)


@dataclass(frozen=True, slots=True, kw_only=True)
class _RescueFrom(_Handler):
    method: str

    def decide(self, job: ActiveJob, error: BaseException) -> Decision:
        return Rescue(error=error, method=self.method)


def retry_on(
    *exceptions: ExceptionName,
    wait: backoff.Wait = 3,
    attempts: int | Literal["unlimited"] = 5,
    queue: str | None = None,
    priority: int | None = None,
    jitter: float | None = None,
    report: bool = False,
    then: Then | None = None,
) -> Callable[[type[J]], type[J]]:
    """Runs jobs of a class again after an error, as Active Job's ``retry_on``.

    Args:
        exceptions: classes, or their dotted names; all in one declaration share one counter.
        wait: seconds, a timedelta, ``"polynomially_longer"`` (3, 18, 83, 258 … s), or a
            callable that is given the count (and the error, if it takes two parameters).
        attempts: how often to run in all, the first time included; or ``"unlimited"``.
        queue: where retries go; None keeps the queue.
        priority: of retries; None keeps it.
        jitter: share of the wait that chance adds; None means the class's ``retry_jitter``,
            or the setting RETRY_JITTER; 0 means none.
        report: whether every error that leads to a retry is told by the signal
            ``error_reported``, and logged as a warning.
        then: called with the job and the error when the attempts are used up. The job then
            counts as dealt with; without it the job fails with the error.

    Raises:
        ConfigurationError: an argument cannot be used.
    """
    handler = _RetryOn(
        names=_checked_names("retry_on", exceptions),
        wait=backoff.checked(wait),
        attempts=_checked_attempts(attempts),
        queue=queue,
        priority=priority,
        jitter=jitter,
        report=report,
        then=then,
    )
    return _declaration(handler)


def discard_on(
    *exceptions: ExceptionName, report: bool = False, then: Then | None = None
) -> Callable[[type[J]], type[J]]:
    """Drops jobs of a class for good after an error, as Active Job's ``discard_on``.

    Args:
        exceptions: classes, or their dotted names.
        report: whether the error is told by the signal ``error_reported``.
        then: called with the job and the error.
    """
    names = _checked_names("discard_on", exceptions)
    return _declaration(_DiscardOn(names=names, report=report, then=then))


def rescue_from(*exceptions: ExceptionName, method: str | None = None) -> Callable[[T], T]:
    """Lets a method of the job deal with an error, as Active Job's ``rescue_from``.

    Above a method, or above the class with ``method="name"``. The method is given the
    error; when it returns, the job counts as dealt with; what it raises fails the job.
    """
    names = _checked_names("rescue_from", exceptions)

    def decorate(target: T) -> T:
        if isinstance(target, type):
            return cast("T", _declared_at_class(target, names, method))
        setattr(target, MARK, (*getattr(target, MARK, ()), names))
        return target

    return decorate


def _declared_at_class(target: Any, names: tuple[ExceptionName, ...], method: str | None) -> Any:
    if method is None or not callable(getattr(target, method, None)):
        raise ConfigurationError(
            f"rescue_from above class {target.__qualname__}: method={method!r} names no method "
            "of it. Name one, or put the decorator above the method itself."
        )
    return _declaration(_RescueFrom(names=names, method=method))(target)


def _declaration(handler: _Handler) -> Callable[[type[J]], type[J]]:
    def decorate(job_class: type[J]) -> type[J]:
        own = (*job_class.__dict__.get(_OWN, ()), handler)
        setattr(job_class, _OWN, own)
        return job_class

    return decorate


def _checked_names(
    decorator: str, exceptions: tuple[ExceptionName, ...]
) -> tuple[ExceptionName, ...]:
    for name in exceptions:
        is_class = isinstance(name, type) and issubclass(name, BaseException)
        if not is_class and not isinstance(name, str):
            raise ConfigurationError(
                f"{decorator}({name!r}): give exception classes, or their dotted names."
            )
    if not exceptions:
        raise ConfigurationError(f"{decorator}(): name at least one exception class.")
    return exceptions


def _checked_attempts(attempts: Any) -> Any:
    is_count = isinstance(attempts, int) and not isinstance(attempts, bool) and attempts >= 1
    if is_count or attempts == "unlimited":
        return attempts
    raise ConfigurationError(
        f'retry_on(attempts={attempts!r}): give a whole number of at least 1, or "unlimited".'
    )


# Search


def _of(job_class: type[ActiveJob]) -> tuple[_Handler, ...]:
    compiled: tuple[_Handler, ...] | None = job_class.__dict__.get(_COMPILED)
    if compiled is None:
        compiled = tuple(
            handler for parent in job_class.__mro__ for handler in _last_declared_first(parent)
        )
        setattr(job_class, _COMPILED, compiled)
    return compiled


def _last_declared_first(parent: type) -> Iterator[_Handler]:
    yield from reversed(vars(parent).get(_OWN, ()))
    for name, member in reversed(list(vars(parent).items())):
        for names in getattr(member, MARK, ()):
            yield _RescueFrom(names=names, method=name)


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    candidate: BaseException | None = error
    while candidate is not None and id(candidate) not in seen:
        seen.add(id(candidate))
        yield candidate
        candidate = candidate.__cause__


def _text_of(name: ExceptionName) -> str:
    if isinstance(name, str):
        return name
    return class_name_of(name)


def class_name_of(exception: type[BaseException]) -> str:
    """An exception class's dotted name; those of Python itself without their module."""
    if exception.__module__ == "builtins":
        return exception.__qualname__
    return f"{exception.__module__}.{exception.__qualname__}"
