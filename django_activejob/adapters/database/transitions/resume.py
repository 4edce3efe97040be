"""paused → open: the jobs of a queue start again."""

from __future__ import annotations

from django_activejob.adapters.database.listening import notify_after_all
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.text import is_storable

_RESUME = "DELETE FROM django_activejob_pause WHERE queue = %s"


def resume(store: Store, queue: str) -> None:
    """Resumes a queue; one that is not paused stays as it is."""
    if is_storable(queue) and store.run(lambda: store.change(_RESUME, (queue,))):
        notify_after_all(store)
