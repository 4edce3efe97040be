"""Who looks global ids up: one locator for each app's name, and one for all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from typing_extensions import override

from django_activejob.errors import ConfigurationError
from django_activejob.globalid import naming
from django_activejob.globalid.app_name import validate
from django_activejob.globalid.gid import GlobalID
from django_activejob.globalid.model_locator import ModelLocator


@runtime_checkable
class Locator(Protocol):
    """Finds what the global ids of an app name."""

    def model_class(self, gid: GlobalID) -> type:
        """The class of what an id names.

        Raises:
            LookupError: there is no such class here.
        """

    def locate_many(
        self, gids: Iterable[GlobalID], *, includes: Sequence[str] = ()
    ) -> Mapping[GlobalID, Any]:
        """What the ids name; those that name nothing are missing from the answer.

        Args:
            includes: relations that will be needed, to be loaded with them.
        """


class CallableLocator:
    """A plain function as a locator; it returns None for what is gone."""

    def __init__(self, find: Callable[[GlobalID], Any]) -> None:
        self._find = find

    def model_class(self, gid: GlobalID) -> type:
        """The model that has the id's name in this project."""
        return naming.model_of(gid.model_name)

    def locate_many(
        self, gids: Iterable[GlobalID], *, includes: Sequence[str] = ()
    ) -> Mapping[GlobalID, Any]:
        """Calls the function once for each id; ``includes`` is not for functions."""
        found = {gid: self._find(gid) for gid in gids}
        return {gid: value for gid, value in found.items() if value is not None}

    @override
    def __repr__(self) -> str:
        return f"<CallableLocator {self._find!r}>"


def use(app: str, locator: Locator | Callable[[GlobalID], Any]) -> None:
    """Has the ids of an app looked up by a locator, or by a function of the id.

    Raises:
        InvalidGlobalID: the app's name cannot stand in an id.
        ConfigurationError: this is neither a locator nor a function.
    """
    _locators[validate(app).lower()] = _as_locator(locator)


def use_default(locator: Locator | Callable[[GlobalID], Any]) -> None:
    """Has the ids of all other apps looked up by this; at first by ``ModelLocator``.

    Raises:
        ConfigurationError: this is neither a locator nor a function.
    """
    _locators[""] = _as_locator(locator)


def locator_for(gid: GlobalID) -> Locator:
    """The locator of an id's app, whatever the case of its name."""
    return _locators.get(gid.app.lower()) or _locators[""]


def _as_locator(locator: Locator | Callable[[GlobalID], Any]) -> Locator:
    if isinstance(locator, Locator):
        return locator
    if not callable(locator):
        raise ConfigurationError(
            f"{locator!r} is not a locator. Give it the methods model_class and locate_many, or "
            f"pass a function of the global id."
        )
    return CallableLocator(locator)


_locators: dict[str, Locator] = {"": ModelLocator()}  # set while apps get ready, then only read
