"""Where a worker takes its jobs from: the ready rows."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from django_activejob.adapters.database.doorbell import Doorbell
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.claim import claim, claim_more
from django_activejob.adapters.database.transitions.settle import settle
from django_activejob.clock import monotonic
from django_activejob.contracts import Claim, Settlement, Source

LONGEST_WAIT = 1.0  # seconds that a claim looks for jobs before it comes back without


class DatabaseSource(Source):
    """One process's access to the ready rows.

    State: ``_bell``, which any thread may ring, and ``_found``, whether the last claim gave
    jobs, which is the claiming thread's own.
    """

    def __init__(self, store: Store, process_id: str, *, polling_interval: float) -> None:
        self._store = store
        self._process_id = process_id
        self._polling_interval = polling_interval
        self._bell = Doorbell(store)
        self._found = False

    @override
    def claim(self, queues: Sequence[str], *, limit: int) -> Sequence[Claim]:
        """Takes up to ``limit`` ready jobs; looks again for a second while there are none."""
        deadline = monotonic() + LONGEST_WAIT
        is_over = False
        while True:
            claims = self._claim_now(queues, limit)
            if claims or is_over:
                return claims
            # A bell that is known to ring spares the looking, but for that of each claim.
            patience = LONGEST_WAIT if self._bell.is_proven else self._polling_interval
            is_over = self._bell.rest(patience) or monotonic() >= deadline

    @override
    def settle(self, settlements: Sequence[Settlement]) -> Sequence[str]:
        """Writes the ends of claims in one transaction."""
        return settle(self._store, self._process_id, settlements)

    @override
    def wake(self) -> None:
        """Makes a waiting ``claim`` look once more and come back."""
        self._bell.ring()

    @override
    def close(self) -> None:
        """Closes the calling thread's connections."""
        self._bell.hang_up()
        self._store.close()

    def _claim_now(self, queues: Sequence[str], limit: int) -> Sequence[Claim]:
        claims: Sequence[Claim] = ()
        if self._found:
            claims = claim_more(self._store, self._process_id, queues, limit=limit)
        if not claims:
            claims = claim(self._store, self._process_id, queues, limit=limit)
        self._found = bool(claims)
        if claims:
            self._bell.stir()
        return claims
