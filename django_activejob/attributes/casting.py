"""Values of other types, made what an attribute holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_duration

T = TypeVar("T")
Cast = Callable[[Any], T]


def cast_to(kind: Any) -> Cast[Any]:
    """The function that casts values to a kind; they are never None.

    It raises TypeError, ValueError or ArithmeticError for what it cannot cast.
    """
    if kind is None:
        return _as_it_is
    if kind in _CASTS:
        return _CASTS[kind]
    return partial(_instance, kind) if isinstance(kind, type) else kind


def _as_it_is(value: Any) -> Any:
    return value


def _instance(kind: type, value: Any) -> Any:
    if isinstance(value, kind):
        return value
    if issubclass(kind, Enum):
        return kind(value)
    raise TypeError(f"{value!r} is no {kind.__name__}")


def _unless_blank(cast: Cast[T]) -> Cast[T | None]:
    return lambda value: None if value == "" else cast(value)


def _bool(value: Any) -> bool:
    return value not in _FALSE


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(memoryview(value))


def _str(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def _date(value: Any) -> date:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.date() if isinstance(moment, datetime) else _checked(date, moment)


def _datetime(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    moment = _checked(datetime, moment)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _time(value: Any) -> time:
    if isinstance(value, datetime):
        return value.time()
    return time.fromisoformat(value) if isinstance(value, str) else _checked(time, value)


def _timedelta(value: Any) -> timedelta:
    if isinstance(value, int | float):
        return timedelta(seconds=value)
    return _checked(timedelta, parse_duration(value) if isinstance(value, str) else value)


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _checked(kind: type[T], value: Any) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


_FALSE: Final = (False, 0, "0", "f", "F", "false", "FALSE", "off", "OFF")

_CASTS: Final[Mapping[Any, Cast[Any]]] = {
    bool: _unless_blank(_bool),
    bytes: _bytes,
    date: _unless_blank(_date),
    datetime: _unless_blank(_datetime),
    Decimal: _unless_blank(_decimal),
    float: _unless_blank(float),
    int: _unless_blank(int),
    str: _str,
    time: _unless_blank(_time),
    timedelta: _unless_blank(_timedelta),
    UUID: _unless_blank(_uuid),
}
