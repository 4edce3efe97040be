"""The model instances that one job refers to, loaded together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django_activejob.errors import InvalidGlobalID, RecordUnavailable
from django_activejob.globalid import GlobalID, fetch, fetch_many
from django_activejob.serialization import markers
from django_activejob.serialization.encoding import MAX_DEPTH


class Models:
    """Finds model instances by the text of their global id, with one query for each model.

    The first one that is asked for brings all others of the JSON form along. Belongs to the one
    call that reads this form; ``_loaded`` is None until then.
    """

    __slots__ = ("_loaded", "_raw")

    def __init__(self, raw: object) -> None:
        self._raw = raw
        self._loaded: Mapping[str, Any] | None = None

    def find(self, text: object) -> Any:
        """The instance that a text names.

        Raises:
            InvalidGlobalID: the text is no global id.
            RecordNotFound: its row is gone.
            RecordUnavailable: it could not be looked up.
        """
        if self._loaded is None:
            self._loaded = _load(dict.fromkeys(_references(self._raw, MAX_DEPTH)))
        if isinstance(text, str) and text in self._loaded:
            return self._loaded[text]
        return fetch(GlobalID.parse(text))


def _load(texts: Mapping[str, None]) -> Mapping[str, Any]:
    # What cannot be had together is then fetched alone, which tells what is wrong with which.
    if len(texts) < 2:
        return {}
    try:
        gids = {text: GlobalID.parse(text) for text in texts}
        found = fetch_many(gids.values())
    except (InvalidGlobalID, RecordUnavailable):
        return {}
    return {text: found[gid] for text, gid in gids.items() if gid in found}


def _references(raw: object, depth: int) -> Iterator[str]:
    if depth <= 0:
        return
    if isinstance(raw, dict):
        if len(raw) == 1 and isinstance(raw.get(markers.GLOBALID), str):
            yield raw[markers.GLOBALID]
        else:
            yield from _references_in(raw.values(), depth)
    elif isinstance(raw, list | tuple):
        yield from _references_in(raw, depth)


def _references_in(items: Iterable[object], depth: int) -> Iterator[str]:
    for item in items:
        yield from _references(item, depth - 1)
