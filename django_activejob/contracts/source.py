"""Where a worker takes its jobs from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django_activejob.contracts.claim import Claim, Settlement


class Source(Protocol):
    """One process's access to the ready jobs of an adapter.

    One thread claims while another settles, each on a connection of its own.
    """

    def claim(self, queues: Sequence[str], *, limit: int) -> Sequence[Claim]:
        """Takes up to ``limit`` ready jobs, in order, of queues that are not paused.

        Args:
            queues: names in strict order; ``prefix*`` and ``*`` are patterns.

        Returns:
            Possibly nothing; within 2 seconds in any case.

        Raises:
            ProcessPruned: this process is not, or no longer, registered.
            AdapterUnavailable: the store cannot be reached.
        """

    def settle(self, settlements: Sequence[Settlement]) -> Sequence[str]:
        """Writes the ends of claims, all or none: finish, fail, retry, release.

        Returns:
            The tokens that are no longer ours; what they stand for was left untouched.

        Raises:
            AdapterUnavailable: nothing was written, or nobody knows; settling again is safe.
        """

    def wake(self) -> None:
        """Ends a waiting ``claim``; may be called from any thread."""

    def close(self) -> None:
        """Takes leave of the store for the calling thread."""
