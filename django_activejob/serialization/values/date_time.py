"""A Ruby DateTime."""

from __future__ import annotations

from datetime import datetime
from typing import Self


class DateTime(datetime):
    """A datetime that is a DateTime in Ruby, not a Time; its zone counts as an offset only.

    Equal to any other datetime of the same instant.
    """

    __slots__ = ()

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The same moment, as Ruby's DateTime."""
        return cls.combine(moment.date(), moment.timetz())
