"""Where in the arguments something is wrong."""

from __future__ import annotations

import reprlib


class FieldName(str):
    """The name of a serializer's field, as against the key of a dict."""

    __slots__ = ()


Step = int | str
"""An index, a key, or a FieldName."""


class Obstacle(Exception):
    """Something that stops the walk through arguments; gathers the way to it as it is raised."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self._steps: list[Step] = []

    def under(self, step: Step) -> None:
        """Notes that all this lies under an index, a key or a field."""
        self._steps.append(step)

    def place(self, root: str) -> str:
        """The way from the root: ``arguments[1]["at"]``."""
        return root + _render(self._steps[::-1])

    def place_of_keyword(self) -> str:
        """The way from a keyword argument: ``cart=``, ``cart["at"]``."""
        name, *steps = self._steps[::-1]
        return f"{name}{_render(steps) or '='}"


def shown(raw: object) -> str:
    """What was found there, in a few words, however large or deep it is."""
    return _IN_SHORT.repr(raw)


_IN_SHORT = reprlib.Repr()
_IN_SHORT.maxstring = _IN_SHORT.maxother = 100


def _render(steps: list[Step]) -> str:
    return "".join(map(_render_step, steps))


def _render_step(step: Step) -> str:
    if isinstance(step, FieldName):
        return "" if step == "value" else f".{step}"
    return f"[{step}]" if isinstance(step, int) else f'["{step}"]'
