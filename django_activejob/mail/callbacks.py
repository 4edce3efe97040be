"""Methods of a mailer that run around its action, and around the delivery of its message.

They run as those of a job do, in the order of their declaration; ``raise Abort`` in a
``before_`` ends the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, overload

from django_activejob.errors import ConfigurationError
from django_activejob.job import callbacks as chains

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer

F = TypeVar("F", bound=Callable[..., Any])
Chain = Literal["action", "deliver"]
Actions = str | Collection[str]

_NAMED: Final = "_active_job_named_actions"


class Declaration:
    """A method decorator, with or without the actions that it is limited to."""

    def __init__(self, chain: Chain, kind: chains.Kind, doc: str) -> None:
        self._chain = chain
        self._kind = kind
        self.__doc__ = doc

    @overload
    def __call__(self, method: F, /) -> F: ...

    @overload
    def __call__(self, *, only: Actions = (), except_: Actions = ()) -> Callable[[F], F]: ...

    def __call__(self, method: Any = None, *, only: Actions = (), except_: Actions = ()) -> Any:
        """Declares the method.

        Args:
            only: the actions for which it runs; none means all.
            except_: the actions for which it does not run.
        """
        if method is None:
            return partial(self._declare, only=_names(only), except_=_names(except_))
        return self._declare(method, only=(), except_=())

    def _declare(self, method: Any, *, only: tuple[str, ...], except_: tuple[str, ...]) -> Any:
        if only or except_:
            method = _limited(method, self._kind, only=only, except_=except_)
        return chains.marked(method, self._chain, self._kind)


before_action = Declaration(
    "action", "before", "Runs the method before an action; raising Abort leaves it unmade."
)
around_action = Declaration(
    "action", "around", "Runs the method, a generator with one ``yield``, around an action."
)
after_action = Declaration("action", "after", "Runs the method after an action.")
before_deliver = Declaration(
    "deliver", "before", "Runs the method before a delivery; raising Abort prevents it."
)
around_deliver = Declaration(
    "deliver", "around", "Runs the method, a generator with one ``yield``, around a delivery."
)
after_deliver = Declaration(
    "deliver", "after", "Runs the method after a delivery; it sees the message that was sent."
)


def run(mailer: Mailer, chain: Chain, action: Callable[[], Any]) -> chains.Ending:
    """Runs an action with the callbacks of a chain around it."""
    target: Any = mailer
    return chains.run(target, chain, action)


def check_named_actions(mailer_class: type[Mailer]) -> None:
    """Checks that the callbacks name actions that the mailer has.

    Raises:
        ConfigurationError: one names an action that is not there.
    """
    kind: Any = mailer_class
    both: Any = ("action", "deliver")
    declared = [callback for chain in both for callback in chains.of(kind, chain)]
    for callback in declared:
        for name in getattr(getattr(mailer_class, callback.method), _NAMED, ()):
            if name not in mailer_class.actions():
                raise ConfigurationError(
                    f"{mailer_class.__qualname__}.{callback.method}: it is limited by the action "
                    f"{name!r}, which the mailer does not have."
                )


def is_declared(method: object) -> bool:
    """Whether a method is a callback, and so no action."""
    return hasattr(method, chains.MARK)


def _names(actions: Actions) -> tuple[str, ...]:
    return (actions,) if isinstance(actions, str) else tuple(actions)


def _limited(
    method: Any, kind: chains.Kind, *, only: tuple[str, ...], except_: tuple[str, ...]
) -> Any:
    def applies(mailer: Mailer) -> bool:
        name = mailer.action_name
        return name not in except_ and (not only or name in only)

    limited = _around(method, applies) if kind == "around" else _beside(method, applies)
    setattr(limited, _NAMED, (*only, *except_))
    return limited


def _beside(method: Any, applies: Callable[[Mailer], bool]) -> Any:
    @wraps(method)
    def limited(mailer: Mailer) -> Any:
        return method(mailer) if applies(mailer) else None

    return limited


def _around(method: Any, applies: Callable[[Mailer], bool]) -> Any:
    @wraps(method)
    def limited(mailer: Mailer) -> Generator[None, Any, None]:
        if applies(mailer):
            yield from method(mailer)
        else:
            yield

    return limited
