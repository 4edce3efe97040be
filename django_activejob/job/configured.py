"""Options for one job: when, on which queue, how urgent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, Protocol, TypeVar, overload

from asgiref.sync import sync_to_async
from django.utils import timezone

from django_activejob import clock
from django_activejob.job import options
from django_activejob.job.signature import check_arguments

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

P = ParamSpec("P")
J = TypeVar("J")
R_co = TypeVar("R_co", covariant=True)

Wait = int | float | timedelta


class Performs(Protocol[P]):
    """A class with a ``perform``; lends its parameters to ``perform_later`` and the rest."""

    def perform(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Does the work."""


class Setter(Protocol[R_co]):
    """What ``set`` is: options in, something to go on with out."""

    def __call__(
        self,
        *,
        wait: Wait | None = None,
        wait_until: datetime | None = None,
        queue: str | None = None,
        priority: int | None = None,
    ) -> R_co:
        """Sets options.

        Args:
            wait: seconds or a timedelta from now.
            wait_until: the moment itself; wins over ``wait``; naive means the current time zone.
            queue: its name, without the prefix.
            priority: smaller is sooner.
        """


class ConfiguredJob(Generic[P]):
    """A job class with options, as Active Job's ``Job.set(...)`` gives it."""

    def __init__(self, job_class: type[Performs[P]], chosen: dict[str, Any]) -> None:
        self._job_class = job_class
        self._chosen = chosen

    def perform_later(self, *args: P.args, **kwargs: P.kwargs) -> ActiveJob | Literal[False]:
        """Enqueues a job with the options; see ``ActiveJob.perform_later``."""
        return self._job(args, kwargs).enqueue()

    async def aperform_later(self, *args: P.args, **kwargs: P.kwargs) -> ActiveJob | Literal[False]:
        """``perform_later`` for async code."""
        return await sync_to_async(lambda: self._job(args, kwargs).enqueue())()

    def perform_now(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Runs a job with the options here and now; see ``ActiveJob.perform_now``."""
        return self._job(args, kwargs)._perform_now()

    def _job(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> ActiveJob:
        job = new_job(self._job_class, args, kwargs)
        apply(job, **self._chosen)
        return job


class Set:
    """``J.set(...)`` makes a ConfiguredJob, ``job.set(...)`` changes the job and returns it."""

    @overload
    def __get__(self, job: None, job_class: type[Performs[P]]) -> Setter[ConfiguredJob[P]]: ...

    @overload
    def __get__(self, job: J, job_class: type[J]) -> Setter[J]: ...

    def __get__(self, job: Any, job_class: Any) -> Any:
        """The setter for the class, or for the job."""
        if job is None:
            return lambda **chosen: ConfiguredJob(job_class, _checked(chosen))
        return lambda **chosen: apply(job, **_checked(chosen))


def new_job(job_class: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> ActiveJob:
    """A job with these arguments.

    Raises:
        TypeError: ``perform`` does not take them.
    """
    check_arguments(job_class, args, kwargs)
    job: ActiveJob = job_class(*args, **kwargs)
    return job


def apply(
    job: J,
    *,
    wait: Wait | None = None,
    wait_until: datetime | None = None,
    queue: str | None = None,
    priority: int | None = None,
) -> J:
    """Puts options on a job; those that are None leave what it has."""
    target: Any = job
    if wait is not None:
        target.scheduled_at = clock.now() + _duration(wait)
    if wait_until is not None:
        target.scheduled_at = _aware(wait_until)
    if queue is not None:
        target.queue_name = options.full_queue_name(type(target), queue)
    if priority is not None:
        target.priority = int(priority)
    return job


_OPTIONS = ("wait", "wait_until", "queue", "priority")


def _checked(chosen: dict[str, Any]) -> dict[str, Any]:
    for name in chosen:
        if name not in _OPTIONS:
            raise TypeError(f"set({name}=…): no such option. There are: {', '.join(_OPTIONS)}.")
    _check_wait(chosen.get("wait"))
    _check_moment(chosen.get("wait_until"))
    return chosen


def _check_wait(wait: Any) -> None:
    is_number = isinstance(wait, int | float) and not isinstance(wait, bool)
    if wait is not None and not is_number and not isinstance(wait, timedelta):
        raise TypeError(f"set(wait={wait!r}): give seconds or a timedelta.")


def _check_moment(moment: Any) -> None:
    if moment is not None and not isinstance(moment, datetime):
        raise TypeError(f"set(wait_until={moment!r}): give a datetime.")


def _duration(wait: Wait) -> timedelta:
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
