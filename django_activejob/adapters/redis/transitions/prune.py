"""running → ready, retrying or failed: processes are silent, or are not there at all."""

from __future__ import annotations

from django_activejob.adapters.redis.fates import Death
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.transitions.bury import bury
from django_activejob.contracts import Buried

_SILENT = ("time", "silent")


def prune(store: Store, *, silent_for: float) -> list[Buried]:
    """Buries the silent, then settles claims whose process is not registered.

    Args:
        silent_for: the seconds without a beat after which a process counts as dead.

    Silence is measured by the clock of Redis, and once more in the step that takes the right
    to claim away: who has beaten in between lives.
    """
    silent, strangers = store.run(*_SILENT, with_=(silent_for,))
    reason = f"it was silent for more than {silent_for:g} seconds"
    buried: list[Buried] = []
    for process_id in silent:
        death = Death(reason=reason, started=None)
        buried += bury(store, process_id.decode(), death, silent_for=silent_for)
    for process_id in strangers:
        death = Death(reason="it is not registered (any more)", started=None)
        buried += bury(store, process_id.decode(), death, silent_for=silent_for)
    return buried
