"""What models can do, told by classes that are not their parents: a Ruby module's part."""

from __future__ import annotations

from abc import ABC

from tests.shop.models import Customer


class Billable(ABC):  # noqa: B024 - stands for an interface
    """What a customer is."""


class Sendable(ABC):  # noqa: B024 - as above
    """What no model is."""


class Printable(ABC):  # noqa: B024 - as above
    """What no model is either."""


Billable.register(Customer)
