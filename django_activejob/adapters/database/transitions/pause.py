"""open → paused: the jobs of a queue start no more."""

from __future__ import annotations

from django_activejob.adapters.database.rows import NAME_CHARACTERS
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.text import is_storable
from django_activejob.errors import UnsupportedAction

_PAUSE = "{insert} INTO django_activejob_pause (queue) VALUES (%s) {unless_there}"


def pause(store: Store, queue: str) -> None:
    """Pauses a queue, whether or not it holds jobs; what runs goes on.

    Raises:
        UnsupportedAction: no queue can have this name.
    """
    if not (0 < len(queue) <= NAME_CHARACTERS and is_storable(queue)):
        raise UnsupportedAction(f"No queue can be named {queue[:40]!r}; there is nothing to pause.")
    store.run(lambda: store.change(_PAUSE, (queue,)))
