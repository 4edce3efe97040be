"""Where a worker takes its jobs from: the queues' lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from typing_extensions import override

from django_activejob.adapters.redis.doorbell import Doorbell
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.transitions.claim import claim
from django_activejob.adapters.redis.transitions.settle import settle
from django_activejob.clock import monotonic
from django_activejob.contracts import Claim, Settlement, Source

LONGEST_WAIT: Final = 1.0  # seconds that a claim looks for jobs before it comes back without


class RedisSource(Source):
    """One process's access to the queues' lists.

    State: ``_bell``, which any thread may ring, and ``_texts``, the exact strings of the claims
    that are not settled, by token: the claiming thread adds one, the settling one takes it out.
    """

    def __init__(self, store: Store, process_id: str, *, polling_interval: float) -> None:
        self._store = store
        self._process_id = process_id
        self._polling_interval = polling_interval
        self._bell = Doorbell(store)
        self._texts: dict[str, bytes] = {}

    @override
    def claim(self, queues: Sequence[str], *, limit: int) -> Sequence[Claim]:
        """Takes up to ``limit`` ready jobs; waits for a second while there are none."""
        deadline = monotonic() + LONGEST_WAIT
        is_over = False
        while True:
            claims = self._claim_now(queues, limit)
            if claims or is_over:
                return claims
            if not self._bell.listen():
                patience = min(self._polling_interval, max(deadline - monotonic(), 0.0))
                is_over = self._bell.rest(patience) or monotonic() >= deadline

    @override
    def settle(self, settlements: Sequence[Settlement]) -> Sequence[str]:
        """Writes the ends of claims in one step."""
        lost = settle(self._store, self._process_id, settlements, texts=self._texts)
        for settlement in settlements:
            self._texts.pop(settlement.claim.token, None)
        return lost

    @override
    def wake(self) -> None:
        """Makes a waiting ``claim`` look once more and come back."""
        self._bell.ring()

    @override
    def close(self) -> None:
        """Gives up the calling thread's line."""
        self._bell.hang_up()

    def _claim_now(self, queues: Sequence[str], limit: int) -> Sequence[Claim]:
        taken = claim(self._store, self._process_id, queues, limit=limit)
        if taken:
            self._bell.hush()
            self._texts.update((each.claim.token, each.text) for each in taken)
        return [each.claim for each in taken]
