"""One name for a plain call and for a block.

In Ruby a method knows whether it was given a block. In Python the block of a ``with`` begins
after the call; so the call looks at what is done with its answer.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from itertools import islice
from types import FrameType
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
S = TypeVar("S")

_ENTERING: Final = (
    ["BEFORE_WITH"],  # up to Python 3.13
    ["COPY", "LOAD_SPECIAL"],  # from 3.14 on
)
_RETURNING: Final = "RETURN_VALUE"


class TwoForms(Protocol):
    """Something to be done at once, or around a block."""

    def at_once(self) -> Any:
        """What a plain call does and returns."""

    def around(self) -> AbstractContextManager[Any]:
        """What a ``with`` statement enters."""


def two_forms(
    method: Callable[Concatenate[S, P], TwoForms],
) -> Callable[Concatenate[S, P], Any]:
    """Makes a method usable as ``self.method(…)`` and as ``with self.method(…):``.

    It is a block when the call stands directly behind ``with``, or is returned by functions
    of which the outermost one does. Everything else is a plain call: to enter its answer
    later fails with a TypeError, so a block is never taken for a plain call in silence.
    """

    @wraps(method)
    def call(self: S, *args: P.args, **kwargs: P.kwargs) -> Any:
        forms = method(self, *args, **kwargs)
        return forms.around() if _is_entered(sys._getframe(1)) else forms.at_once()

    return cast("Callable[Concatenate[S, P], Any]", call)


def _is_entered(caller: FrameType | None) -> bool:
    while caller is not None:
        following = _following(caller)
        if following[:1] != [_RETURNING]:
            return following in _ENTERING or following[:1] in _ENTERING
        caller = caller.f_back
    return False


def _following(frame: FrameType) -> list[str]:
    # The two instructions that come after the call which runs now in this frame.
    instructions = dis.get_instructions(frame.f_code)
    later = (each.opname for each in instructions if each.offset > frame.f_lasti)
    return list(islice(later, 2))
