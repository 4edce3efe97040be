"""What a step is called, and what it does."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn

from django_activejob.continuations.step import Step
from django_activejob.errors import InvalidStep

if TYPE_CHECKING:
    from django_activejob.continuations.continuable import Continuable

Body = Callable[[Step], Any] | Callable[[], Any]
AsyncBody = Callable[[Step], Awaitable[Any]] | Callable[[], Awaitable[Any]]


def named(job: Continuable, step: Any, do: Callable[..., Any] | None) -> tuple[str, Any]:
    """The name of a step and its function, whichever of the two was given.

    Raises:
        InvalidStep: one cannot be told from the other.
    """
    name = step if isinstance(step, str) else getattr(step, "__name__", None)
    if name is None or (do is not None and not isinstance(step, str)):
        _refuse(
            job,
            f"a step must be a str or a method, found {type(step).__name__!r}. "
            'Write self.step(self.load), or self.step("load", function)',
        )
    if not name.isidentifier():
        _refuse(job, f'step {name!r} must be an identifier. Write self.step("load", function)')
    return name, _function(job, name, step if do is None else do)


def callable_with_step(job: Continuable, name: str, function: Any) -> Callable[[Step], Any]:
    """The function as one that takes the step, whether it wants it or not.

    Raises:
        InvalidStep: it takes more than that, or is a coroutine function.
    """
    if inspect.iscoroutinefunction(function):
        _refuse(job, f"step {name!r} is async. Write await self.astep(…) in an async perform")
    return _with_step(job, name, function)


def awaitable_with_step(
    job: Continuable, name: str, function: Any
) -> Callable[[Step], Awaitable[Any]]:
    """``callable_with_step`` for a coroutine function.

    Raises:
        InvalidStep: it takes more than the step, or is no coroutine function.
    """
    if not inspect.iscoroutinefunction(function):
        _refuse(job, f"step {name!r} is not async. Write self.step(…), or make it async")
    return _with_step(job, name, function)


def _function(job: Continuable, name: str, function: Any) -> Any:
    if isinstance(function, str):
        function = getattr(job, function, None)
    if not callable(function):
        _refuse(job, f"step {name!r} has nothing to do: the job has no such method")
    return function


def _with_step(job: Continuable, name: str, function: Any) -> Callable[[Step], Any]:
    signature = inspect.signature(function)
    if _takes(signature, 1):
        return function  # type: ignore[no-any-return]  # it takes the step
    if _takes(signature, 0):
        return lambda step: function()
    _refuse(job, f"step {name!r} must take the step, or nothing; its function takes {signature}")


def _takes(signature: inspect.Signature, number: int) -> bool:
    try:
        signature.bind(*range(number))
    except TypeError:
        return False
    return True


def _refuse(job: Continuable, problem: str) -> NoReturn:
    raise InvalidStep(f"{job.continuation.label}: {problem}.")
