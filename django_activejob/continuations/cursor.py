"""What comes after a cursor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django_activejob.errors import UnadvanceableCursor


def successor_of(value: Any) -> Any:
    """The next whole number, the next day, or what the value's own ``successor()`` says.

    Raises:
        UnadvanceableCursor: it has none.
    """
    # By exact type: True and a datetime are no numbers of anything.
    if type(value) is int:
        return value + 1
    if type(value) is date:
        return value + timedelta(days=1)
    successor = getattr(value, "successor", None)
    if callable(successor):
        return successor()
    raise UnadvanceableCursor(
        f"A cursor of type {type(value).__name__} cannot be advanced: {value!r} has no successor. "
        "Begin with start=0, give advance(from_=…) an int, or move the cursor with set(…)."
    )
