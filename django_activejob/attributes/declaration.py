"""One attribute of a job class."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast, overload

from django_activejob.attributes.casting import Cast, cast_to
from django_activejob.errors import ConfigurationError
from django_activejob.job import registry

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

T = TypeVar("T")


class Attribute(Generic[T]):
    """One attribute of a job class: what it is cast to, and what it is before it is assigned."""

    def __init__(self, kind: type[T] | Cast[T] | None, *, default: Any) -> None:
        self.name = ""
        self._kind = kind
        self._cast = cast_to(kind)
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, job: None, job_class: type) -> Self: ...

    @overload
    def __get__(self, job: ActiveJob, job_class: type) -> T: ...

    def __get__(self, job: ActiveJob | None, job_class: type) -> Self | T:
        """The value of a job; the attribute itself for its class."""
        if job is None:
            return self
        values = self._values_of(job)
        if self.name not in values:
            values[self.name] = self._cast_for(job, self._fresh_default())
        return cast("T", values[self.name])

    def __set__(self, job: ActiveJob, value: Any) -> None:
        """Casts a value and keeps it.

        Raises:
            ValueError: it cannot be cast.
        """
        self._values_of(job)[self.name] = self._cast_for(job, value)

    def _values_of(self, job: ActiveJob) -> dict[str, Any]:
        values: Callable[[], dict[str, Any]] | None = getattr(job, "_attribute_values", None)
        if values is None:
            raise ConfigurationError(
                f"{registry.name_of(type(job))}.{self.name}: a job with attributes has to say so: "
                f"class {type(job).__name__}(Attributes, …)."
            )
        return values()

    def _fresh_default(self) -> Any:
        # A list of one job must not become that of all others.
        return self._default() if callable(self._default) else copy.deepcopy(self._default)

    def _cast_for(self, job: ActiveJob, value: Any) -> Any:
        try:
            return None if value is None else self._cast(value)
        except (TypeError, ValueError, ArithmeticError) as error:
            kind = getattr(self._kind, "__name__", self._kind)
            raise ValueError(
                f"{registry.name_of(type(job))}.{self.name}: {value!r} cannot be cast to {kind}."
            ) from error


@overload
def attribute(kind: type[T] | Cast[T], *, default: T | Callable[[], T]) -> Attribute[T]: ...


@overload
def attribute(kind: type[T] | Cast[T]) -> Attribute[T | None]: ...


@overload
def attribute(*, default: Any = None) -> Attribute[Any]: ...


def attribute(kind: type[Any] | Cast[Any] | None = None, *, default: Any = None) -> Attribute[Any]:
    """Declares an attribute of a job class, as Active Job's ``attribute``.

    Args:
        kind: what values are cast to when they are assigned: bool, bytes, date, datetime,
            Decimal, float, int, str, time, timedelta (from seconds), UUID, or an Enum; of any
            other class only instances are taken; a function is given each value that is not
            None. An empty text is None, but for str and bytes. Without a kind nothing is cast.
        default: the value of a fresh job, or a callable that makes it.
    """
    return Attribute(kind, default=default)
