"""How long to wait before a retry."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, Literal

from django_activejob.errors import ConfigurationError

Wait = int | float | timedelta | Literal["polynomially_longer"] | Callable[..., Any]

LONGEST: Final = 10 * 365 * 86_400.0
"""Seconds; no retry is put off for longer than these ten years."""


def checked(wait: Any) -> Wait:
    """The wait itself, when it is one.

    Raises:
        ConfigurationError: it is of a kind that cannot be waited for.
    """
    is_number = isinstance(wait, int | float) and not isinstance(wait, bool)
    if is_number or isinstance(wait, timedelta) or callable(wait) or wait == "polynomially_longer":
        return wait  # type: ignore[no-any-return]  # one of the kinds of Wait by now
    raise ConfigurationError(
        f"retry_on(wait={wait!r}): this is no wait. Give seconds, a timedelta, "
        '"polynomially_longer", or a callable that is given the number of executions '
        "(and, if it takes two parameters, the error)."
    )


def seconds_before_retry(wait: Wait, *, count: int, error: BaseException, jitter: float) -> float:
    """The seconds to wait, as Active Job works them out.

    Args:
        count: how often this has gone wrong, from 1.
        jitter: the share of the wait that chance may add; a callable's result gets none.
    """
    if callable(wait):
        return _bounded(_seconds(_asked(wait, count, error)))
    if wait == "polynomially_longer":
        power = float(count**4)
        return _bounded(power + random.random() * power * jitter + 2)  # noqa: S311 - spreads load
    fixed = _seconds(wait)
    return _bounded(fixed + random.random() * fixed * jitter)  # noqa: S311 - spreads load


def _asked(wait: Callable[..., Any], count: int, error: BaseException) -> Any:
    return wait(count, error) if takes_two(wait) else wait(count)


def takes_two(wait: Callable[..., Any]) -> bool:
    """Whether a callable wants the error too: two required parameters, or one and ``*args``."""
    kinds = inspect.Parameter
    parameters = list(inspect.signature(wait).parameters.values())
    required = [
        parameter
        for parameter in parameters
        if parameter.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
        and parameter.default is kinds.empty
    ]
    takes_any = any(parameter.kind is kinds.VAR_POSITIONAL for parameter in parameters)
    return len(required) == 2 or (len(required) >= 1 and takes_any)


def _seconds(wait: Any) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _bounded(seconds: float) -> float:
    return min(seconds, LONGEST)
