"""The actions of a mailer: at the class they make a delivery, at the instance they run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, overload

from django_activejob.mail import callbacks, registry, rescuing
from django_activejob.mail.message_delivery import MessageDelivery

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer

P = ParamSpec("P")


class Action(Generic[P]):
    """A public method of a mailer; as the decorator ``action`` it tells type checkers so too.

    ``ReportMailer.completed(report)`` runs nothing yet.
    """

    def __init__(self, function: Callable[Concatenate[Any, P], Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__

    @overload
    def __get__(self, mailer: None, owner: type) -> Callable[P, MessageDelivery]: ...

    @overload
    def __get__(self, mailer: object, owner: type) -> Callable[P, Any]: ...

    def __get__(self, mailer: Any, owner: Any) -> Any:
        """What makes a delivery, or the method itself."""
        if mailer is not None:
            return MethodType(self.function, mailer)
        return Maker(owner, self.__name__)

    def check_arguments(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Checks that the action can be called so.

        Raises:
            TypeError: it cannot; the message names the mailer and its parameters.
        """
        signature = inspect.signature(self.function)
        try:
            signature.bind(None, *args, **kwargs)
        except TypeError as error:
            taken = list(signature.parameters.values())[1:]
            shown = inspect.Signature([p.replace(annotation=p.empty) for p in taken])
            raise TypeError(f"{name}{shown} does not take these arguments: {error}.") from None


action = Action
"""The decorator; methods without it become actions too."""


class Maker:
    """Makes the deliveries of one action, with the params of ``with_params``, if there were any."""

    def __init__(
        self, mailer_class: type[Mailer], name: str, params: Mapping[str, Any] | None = None
    ) -> None:
        self._mailer_class = mailer_class
        self._name = name
        self._params = params

    def __repr__(self) -> str:
        return f"<action {registry.name_of(self._mailer_class)}.{self._name}>"

    def __call__(self, *args: Any, **kwargs: Any) -> MessageDelivery:
        """A delivery with these arguments for the action.

        Raises:
            TypeError: the action does not take them.
        """
        full_name = f"{registry.name_of(self._mailer_class)}.{self._name}"
        self._mailer_class.actions()[self._name].check_arguments(full_name, args, kwargs)
        return self.make(args, kwargs)

    def make(
        self, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> MessageDelivery:
        """A delivery with arguments that nobody has looked at."""
        return MessageDelivery(
            self._mailer_class, self._name, args=args, kwargs=kwargs, params=self._params
        )


class Parameterized:
    """A mailer with params, as ``with_params`` makes it: it has the mailer's actions alone."""

    def __init__(self, mailer_class: type[Mailer], params: Mapping[str, Any]) -> None:
        self.mailer_class = mailer_class
        self.params = params

    def __getattr__(self, name: str) -> Maker:
        if name.startswith("_") or name not in self.mailer_class.actions():
            known = ", ".join(sorted(self.mailer_class.actions()))
            raise AttributeError(
                f"{registry.name_of(self.mailer_class)} has no action {name!r}. There are: {known}."
            )
        return Maker(self.mailer_class, name, self.params)


def turn_methods_into_actions(mailer_class: type, *, base: type) -> None:
    """Makes an action of every public method of a new mailer class, those of mixins too.

    What ``base``, the first of all mailers, has is none; nor are callbacks and handlers.
    """
    for name in dir(mailer_class):
        member = inspect.getattr_static(mailer_class, name)
        if inspect.isfunction(member) and _is_action(name, member, base):
            setattr(mailer_class, name, Action(member))


def _is_action(name: str, method: object, base: type) -> bool:
    if name.startswith("_") or (hasattr(base, name) and not _has_action(base, name)):
        return False
    return not callbacks.is_declared(method) and not rescuing.is_declared(method)


def _has_action(base: type, name: str) -> bool:
    return isinstance(inspect.getattr_static(base, name), Action)
