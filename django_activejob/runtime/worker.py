"""Claims jobs and has them performed by threads, or on an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from django_activejob import signals
from django_activejob.contracts import Claim, QueueAdapter, Settlement, Source
from django_activejob.instrumentation import notify

from . import boundary, sessions, time_limits
from .allowance import LONGEST_WAIT, Allowance
from .async_pool import AsyncPool, Steps
from .cancellations import Cancellations
from .claiming import LONGEST_SLEEP, Claiming
from .configuration import WorkerPlan
from .executor import cut_short, label_of, settlement_of
from .pool import Pool
from .queue_order import QueueOrder
from .settling import Settling
from .started import StartedPage
from .tallying import Tallying
from .time_limits import TimeLimits

_NOTHING_LEFT: Final = 2  # claims in a row; the first may have begun before the last job ended


class Worker:
    """One process's claiming thread, pool and settling thread.

    ``_held`` has every claim from its claiming to the writing of its end, by token, and
    ``_running`` those whose jobs run; ``_overdue`` are the tokens of those that did not
    react to their time limits. All are guarded by ``_lock``.

    Args:
        may_claim: asked before each claim; False while the process is not sure to live.
        tallying: is told of what has been recorded.
        most: how many jobs it takes in all; None means any number.
    """

    def __init__(
        self,
        plan: WorkerPlan,
        *,
        adapter: QueueAdapter,
        source: Source,
        process_id: str,
        page: StartedPage,
        may_claim: Callable[[], bool],
        tallying: Tallying,
        most: int | None = None,
    ) -> None:
        self._adapter = adapter
        self._process_id = process_id
        self._page = page
        self._may_claim = may_claim
        self._most = most
        self._taken = 0  # claims that were not given back; guarded by _lock
        self._held: dict[str, Claim] = {}
        self._running: dict[str, Claim] = {}
        self._overdue: set[str] = set()
        self._threads: dict[int, Claim] = {}  # by ident; each entry is written by its thread
        self._lock = threading.Lock()
        self.cancellations = Cancellations()
        self.time_limits = TimeLimits(when_overdue=self._note_overdue)
        self._tallying = tallying
        self._allowance = Allowance()
        self._may_claim_ahead = plan.concurrency is None
        self._pool = self._make_pool(plan)
        self._settling = Settling(source, is_idle=self._pool.is_idle, when_settled=self._let_go)
        self._claiming = Claiming(
            source,
            queues=QueueOrder(plan.queues, weights=plan.weights, known=self._known_queues).next,
            room=self._room,
            accept=self._accept,
            patience=self._patience,
        )

    def start(self) -> None:
        """Starts all threads; the process must be registered."""
        sessions.watch()
        self.time_limits.start()
        self._settling.start()
        self._pool.start()
        self._claiming.start()

    def held(self) -> Sequence[str]:
        """The tokens of all claims that are not settled yet. Any thread may ask."""
        with self._lock:
            return list(self._held)

    def is_idle(self) -> bool:
        """Whether, after ``quiet``, every claim is settled, but for jobs that are overdue."""
        return self._claiming.is_over and set(self.held()) <= set(self.overdue())

    def is_spent(self) -> bool:
        """Whether it has done as many jobs as it takes."""
        return self._most is not None and self._taken >= self._most and not self.held()

    def has_drained(self) -> bool:
        """Whether, since its last job, claims have found nothing twice."""
        return self._claiming.empty_turns >= _NOTHING_LEFT and not self.held()

    @property
    def has_taken_any(self) -> bool:
        """Whether it has had a job at all."""
        return self._taken > 0

    @property
    def is_pruned(self) -> bool:
        """Whether the store does not know this process any more."""
        return self._claiming.is_pruned

    def is_alive(self) -> bool:
        """Whether every thread that ought to run does."""
        parts = (self._claiming, self._pool, self._settling, self.time_limits)
        return all(part.is_alive() for part in parts)

    def overdue(self) -> Sequence[str]:
        """The tokens of the jobs that run on, though their time is long up. Any thread may ask."""
        with self._lock:
            return list(self._overdue)

    def performing(self) -> dict[int, str]:
        """The jobs that threads perform, by the thread's ident. Any thread may ask."""
        return {ident: label_of(claim) for ident, claim in self._threads.copy().items()}

    def tasks(self) -> set[asyncio.Task[Any]]:
        """The tasks on its event loop, if it has one. Any thread may ask."""
        return self._pool.tasks() if isinstance(self._pool, AsyncPool) else set()

    def busy(self) -> int:
        """How many jobs run at this moment. Any thread may ask."""
        with self._lock:
            return len(self._running)

    @property
    def is_quiet(self) -> bool:
        """Whether it claims no more. Any thread may ask."""
        return self._claiming.has_ended

    def cancel(self, token: str) -> None:
        """Wants a job to end: it is told, or given back if it has not begun. Any thread may ask.

        What is given back the store does not let run again. Said twice, it means no more.
        """
        with self._lock:
            claim = self._held.get(token)
            if claim is None or self.cancellations.is_asked(token):
                return
            self.cancellations.ask(claim)
        if self._pool.take_out(token):
            self._release([claim])

    def quiet(self) -> None:
        """Claims no more; what has been claimed is performed."""
        self._claiming.end()

    def give_back_waiting(self) -> None:
        """Releases the claims that no thread has begun."""
        self._release(self._pool.take_back())

    def cut_short(self) -> Sequence[str]:
        """Fails the running jobs that must rather not run than run twice; gives their tokens.

        What such a job may still do before the process ends is not recorded any more.
        """
        with self._lock:
            cut = [
                claim
                for token, claim in self._running.items()
                if _must_not_run_again(claim) and token not in self._overdue
            ]
            for claim in cut:
                del self._running[claim.token]
        self._settling.add([cut_short(claim, adapter=self._adapter) for claim in cut])
        return [claim.token for claim in cut]

    def never_again(self) -> Sequence[str]:
        """The tokens of jobs that must rather not run than run twice, and are not settled."""
        with self._lock:
            return [token for token, claim in self._held.items() if _must_not_run_again(claim)]

    def give_back_all_but_overdue(self) -> Sequence[str]:
        """Releases the jobs that still run, but for those over their time limits.

        What such a job may still do before the process ends is not recorded any more.
        """
        with self._lock:
            others = [claim for token, claim in self._running.items() if token not in self._overdue]
            for claim in others:
                del self._running[claim.token]
        self._release(others)
        return [claim.token for claim in others]

    def end(self) -> None:
        """Ends all threads that can end; jobs that still run are left to themselves."""
        self._claiming.end()
        self._pool.end()
        self._settling.end()
        self.time_limits.end()

    def join(self, *, until: float) -> None:
        """Waits for the threads to end, to the given moment of the monotonic clock."""
        for part in (self._claiming, self._pool, self._settling, self.time_limits):
            part.join(until=until)

    def _make_pool(self, plan: WorkerPlan) -> Pool | AsyncPool:
        if plan.concurrency is None:
            return Pool(
                threads=plan.threads,
                perform=self._perform,
                when_free=self._go_on,
                useful=lambda: self._allowance.useful_threads,
            )
        steps = Steps(
            perform=self._perform, begin=self._begin, end=self._end, when_free=self._go_on
        )
        return AsyncPool(
            steps,
            concurrency=plan.concurrency,
            threads=plan.threads,
            adapter=self._adapter,
            time_limits=self.time_limits,
        )

    def _room(self) -> int:
        if self._settling.is_failing or not self._may_claim():
            return 0
        self._release(self._pool.take_back(waiting_for=LONGEST_WAIT))
        room = self._worthwhile_room()
        return room if self._most is None else min(room, self._most - self._taken)

    def _worthwhile_room(self) -> int:
        """How many claims there is room for; 0 while what waits lasts until the next ones come.

        Claimed one by one as jobs end, short jobs would cost a way to the store each.
        """
        ahead = self._allowance.surplus if self._may_claim_ahead else 0
        room = self._pool.room() + ahead
        return room if 2 * room >= ahead else 0

    def _known_queues(self) -> list[str]:
        inspector = self._adapter.inspector()
        return list(inspector.queue_names()) if inspector is not None else []

    def _patience(self) -> float:
        return LONGEST_WAIT if self._pool.has_line() else LONGEST_SLEEP

    def _accept(self, claims: Sequence[Claim]) -> None:
        with self._lock:
            self._taken += len(claims)
            self._held.update((claim.token, claim) for claim in claims)
        notify(signals.claimed, adapter=self._adapter, process_id=self._process_id, claims=claims)
        # The order to take no more may have come while the source was at it.
        if self._claiming.has_ended:
            self._release(claims)
            return
        now, ahead = self._parted(claims)
        self._pool.add(now)
        self._release(ahead)

    def _parted(self, claims: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
        """Parts what may wait in this process from what must not be stranded by its death."""
        room = max(self._pool.room(), 0)
        begun = [*claims[:room], *(c for c in claims[room:] if not _must_not_run_again(c))]
        return begun, [claim for claim in claims[room:] if _must_not_run_again(claim)]

    def _release(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        with self._lock:
            self._taken -= len(claims)
        self._settling.add([Settlement(claim=claim, execution=None) for claim in claims])
        notify(signals.released, adapter=self._adapter, process_id=self._process_id, claims=claims)

    def _perform(self, claim: Claim) -> None:
        if self.cancellations.is_asked(claim.token):
            # Cancelled on its way here, where nobody could take it out of a line.
            self._release([claim])
            return
        self._begin(claim)
        time_limits.serve(claim.token)
        self._threads[threading.get_ident()] = claim
        settlement = settlement_of(claim, adapter=self._adapter)
        boundary.clean_after(claim)
        del self._threads[threading.get_ident()]
        self._end(settlement)

    def _begin(self, claim: Claim) -> None:
        self._page.mark(claim.token)
        with self._lock:
            self._running[claim.token] = claim

    def _end(self, settlement: Settlement) -> None:
        token = settlement.claim.token
        if settlement.execution is not None:
            self._allowance.note(settlement.execution.seconds)
        with self._lock:
            self._overdue.discard(token)
            is_ours_to_end = self._running.pop(token, None) is not None
        if is_ours_to_end:
            self._settling.add([settlement])

    def _note_overdue(self, token: str) -> None:
        with self._lock:
            if token not in self._running:
                return
            self._overdue.add(token)
        self._page.mark_overdue(token)

    def _go_on(self) -> None:
        if self._worthwhile_room() > 0:
            self._claiming.wake()
        if self._pool.is_idle():
            self._settling.hurry()

    def _let_go(self, settlements: Sequence[Settlement]) -> None:
        self._tallying.note(settlements)
        for settlement in settlements:
            self._page.clear(settlement.claim.token)
        with self._lock:
            for settlement in settlements:
                self._held.pop(settlement.claim.token, None)
                self.cancellations.forget(settlement.claim.token)
            # They may have enqueued others, which no claim before could have found.
            self._claiming.forget_empty_turns()
        self._claiming.wake()


def _must_not_run_again(claim: Claim) -> bool:
    return claim.envelope is not None and claim.envelope.on_crash == "fail"
