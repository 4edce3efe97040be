"""running → ready, retrying or failed: a process has died."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django_activejob.adapters.redis.fates import Death, fates_of
from django_activejob.adapters.redis.frames import unframed
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.transitions.settle import Written, write_ends
from django_activejob.contracts import Buried

_ENTOMB = ("time", "owners", "entomb")
_FORGET = ("owners", "forget")


def bury(
    store: Store, process_id: str, death: Death, *, silent_for: float | None = None
) -> list[Buried]:
    """Settles what a dead process held, and forgets it.

    First it loses the right to claim; then each claim is settled under its token. Of two that
    bury the same process, each claim is settled by one; who dies at it leaves the process among
    the owners, where upkeep finds it.

    Args:
        silent_for: the seconds without a beat after which it counts as dead; None when it is.
    """
    alive_within = "" if silent_for is None else silent_for
    answer = store.run(*_ENTOMB, with_=(process_id, alive_within))
    if not answer:
        return []
    held = [
        (token.decode(), unframed(frame)[1])
        for token, frame in zip(answer[::2], answer[1::2], strict=True)
    ]
    settled = _settle(store, process_id, held, death)
    store.run(*_FORGET, with_=(process_id,))
    return settled


def _settle(
    store: Store, process_id: str, held: Sequence[tuple[str, bytes]], death: Death
) -> list[Buried]:
    fates = fates_of(store, held, death)
    words = [word for fate in fates for word in fate.words]
    instead_of = f"its process has died: {death.reason}"
    written = write_ends(store, process_id, words, instead_of=lambda token: instead_of)
    return [
        _as_written(fate.buried, written) for fate in fates if fate.buried.token not in written.lost
    ]


def _as_written(buried: Buried, written: Written) -> Buried:
    error = written.cancelled.get(buried.token)
    return buried if error is None else replace(buried, fate="cancelled", error=error)
