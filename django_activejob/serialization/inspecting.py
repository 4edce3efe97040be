"""Arguments in log lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django_activejob.errors import ActiveJobError
from django_activejob.globalid import is_identifiable, to_global_id
from django_activejob.serialization.advice import name_of_type
from django_activejob.serialization.markers import clip

MAX_DEPTH = 20


def inspect_arguments(
    positional: Sequence[object], keywords: Mapping[str, object], *, limit: int = 1000
) -> str:
    """Live arguments, joined by commas: ``42, gid://shop/shop.Order/7, at=…``.

    Models show as their global id, inside lists and dicts too. Makes no query of its own, never
    fails, and stops at ``limit`` characters.
    """
    pieces: list[str] = []
    length = 0
    for piece in _each(positional, keywords, limit):
        pieces.append(piece)
        length += len(piece) + len(", ")
        if length > limit + len(", "):
            break
    return clip(", ".join(pieces), limit)


def _each(
    positional: Sequence[object], keywords: Mapping[str, object], limit: int
) -> Iterator[str]:
    for value in positional:
        yield _inspect(value, limit, MAX_DEPTH)
    for name, value in keywords.items():
        yield f"{name}={_inspect(value, limit, MAX_DEPTH)}"


def _inspect(value: object, limit: int, depth: int) -> str:
    if depth <= 0:
        return "…"
    kind = type(value)
    if kind is str or kind is bytes:
        return repr(value[: limit + 1])  # type: ignore[index]  # one of the two
    if kind in _BRACKETS and value:
        return _inspect_items(value, limit, depth - 1)  # type: ignore[arg-type]  # one of the three
    if kind is dict:
        return _inspect_dict(value, limit, depth - 1)  # type: ignore[arg-type]  # that is a dict
    return _inspect_object(value)


_BRACKETS = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}")}


def _inspect_items(value: Sequence[object], limit: int, depth: int) -> str:
    start, end = _BRACKETS[type(value)]
    items = _until(limit, (_inspect(item, limit, depth) for item in value))
    comma = "," if type(value) is tuple and len(value) == 1 else ""
    return f"{start}{', '.join(items)}{comma}{end}"


def _inspect_dict(value: Mapping[object, object], limit: int, depth: int) -> str:
    items = (
        f"{_inspect(key, limit, depth)}: {_inspect(item, limit, depth)}"
        for key, item in value.items()
    )
    return f"{{{', '.join(_until(limit, items))}}}"


def _until(limit: int, texts: Iterator[str]) -> Iterator[str]:
    length = 0
    for text in texts:
        yield text
        length += len(text)
        if length > limit:
            return


def _inspect_object(value: object) -> str:
    if is_identifiable(value):
        try:
            return str(to_global_id(value))  # type: ignore[arg-type]  # is_identifiable said so
        except ActiveJobError:
            pass  # has no id (yet): shown as what it is
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - anybody's __repr__; a log line must not stop a job
        return f"<{name_of_type(value)}>"
