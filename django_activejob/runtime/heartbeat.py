"""A process's place in the registry of an adapter: taken, kept, and left."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django_activejob import clock, signals
from django_activejob.contracts import Buried, Command, ProcessRecord, ProcessRegistry, QueueAdapter
from django_activejob.errors import AdapterUnavailable, ProcessPruned
from django_activejob.instrumentation import notify

from .outage import Outage
from .tallying import Tallying
from .threads import start_thread

logger = logging.getLogger(__name__)

_SHORTEST_RETRY: Final = 0.5  # of the beat interval: a failed beat is repeated sooner


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """How a process died, and which of its claims had begun; None when nobody knows."""

    process_id: str
    reason: str  # for people: "killed by SIGKILL"
    started: tuple[str, ...] | None
    overdue: tuple[str, ...] = ()  # for whose time limits it had to end


class Heartbeat:
    """The one thread that registers a process, beats for it, and deregisters it.

    Before anything else it buries the processes whose place this one takes. Only this
    thread writes the public state; any thread may read it. What is added to ``tallying``
    goes with the next beat.

    Args:
        held: the tokens of all claims that this process knows of.
        vitals: what people are told with each beat, beside the record's metadata.
        obey: what to do with an operator's command.
        when_news: called after each step of registering, and when ``is_pruned`` changes.
    """

    def __init__(
        self,
        adapter: QueueAdapter,
        record: ProcessRecord,
        *,
        interval: float,
        predecessors: Sequence[Death],
        held: Callable[[], Sequence[str]],
        vitals: Callable[[], Mapping[str, Any]],
        obey: Callable[[Command], None],
        when_news: Callable[[], None],
    ) -> None:
        self.adapter = adapter
        self.record = record
        self.tallying = Tallying()
        self.is_registered = False
        self.is_pruned = False
        self.failure: BaseException | None = None
        self._interval = interval
        self._predecessors = list(predecessors)
        self._held = held
        self._vitals = vitals
        self._obey = obey
        self._when_news = when_news
        self._last_beat = clock.monotonic()
        self._stays = False
        self._ended = threading.Event()
        self._outage = Outage("Beating")
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread."""
        self._thread = start_thread("heartbeat", self._run)

    def silence(self) -> float:
        """Seconds since the store last learned that this process lives."""
        return clock.monotonic() - self._last_beat if self.is_registered else 0.0

    def is_alive(self) -> bool:
        """Whether the thread still lives, or has ended as it should."""
        if self._thread is None or self._ended.is_set():
            return True
        return self._thread.is_alive() or self.is_pruned

    def end(self) -> None:
        """Ends beating; the thread then deregisters the process."""
        self._ended.set()

    def fall_silent(self) -> None:
        """Ends beating, and stays registered: others settle what the process holds."""
        self._stays = True
        self._ended.set()

    def join(self, *, until: float) -> None:
        """Waits for the thread to end, to the given moment of the monotonic clock."""
        if self._thread is not None:
            self._thread.join(max(until - clock.monotonic(), 0))

    def _run(self) -> None:
        registry = self.adapter.registry()
        if registry is None:
            return
        try:
            self._take_place(registry)
        # Anything but an outage is a mistake that no waiting mends: the process ends
        # with it, and its supervisor sees how often that happens.
        except Exception as error:  # noqa: BLE001 - kept for the main thread
            self.failure = error
            self._when_news()
            return
        while not self._ended.wait(self._pause()) and not self.is_pruned:
            self._beat(registry)
        self._leave_place(registry)

    def _take_place(self, registry: ProcessRegistry) -> None:
        outage = Outage("Registering")
        while not self._ended.is_set():
            self._when_news()
            try:
                self._bury_predecessors(registry)
                self._register(registry)
            except AdapterUnavailable as error:
                self._ended.wait(outage.failed(error))
            else:
                outage.ended()
                return

    def _bury_predecessors(self, registry: ProcessRegistry) -> None:
        while self._predecessors:
            buried = self._bury(registry, self._predecessors[0])
            del self._predecessors[0]
            if buried:
                notify(signals.process_pruned, adapter=self.adapter, buried=buried)

    def _bury(self, registry: ProcessRegistry, death: Death) -> Sequence[Buried]:
        try:
            return registry.bury(
                death.process_id,
                reason=death.reason,
                started=death.started,
                overdue=death.overdue,
            )
        except AdapterUnavailable:
            raise
        except Exception:
            # The next maintenance finds the dead by their silence.
            logger.exception("What process %s held could not be settled.", death.process_id)
            return ()

    def _register(self, registry: ProcessRegistry) -> None:
        moment = clock.monotonic()
        registry.register(self.record)
        self._last_beat = moment
        self.is_registered = True
        self._when_news()
        notify(signals.process_started, adapter=self.adapter, process=self.record)

    def _pause(self) -> float:
        return self._interval * (_SHORTEST_RETRY if self._outage.is_on else 1.0)

    def _beat(self, registry: ProcessRegistry) -> None:
        # The moment before the call: the store may have noted it then, never earlier.
        moment = clock.monotonic()
        try:
            commands = self._tell(registry)
        except ProcessPruned:
            self.is_pruned = True
            self._when_news()
            return
        except Exception as error:  # noqa: BLE001 - a loop survives everything
            self._outage.failed(error)
            return
        self._last_beat = moment
        self._outage.ended()
        for command in commands:
            self._obey(command)

    def _tell(self, registry: ProcessRegistry) -> Sequence[Command]:
        tallies = self.tallying.take()
        try:
            return registry.beat(
                self.record.id,
                running=self._held(),
                metadata={**self.record.metadata, **self._vitals()},
                tallies=tallies,
            )
        except BaseException:
            self.tallying.give_back(tallies)
            raise

    def _leave_place(self, registry: ProcessRegistry) -> None:
        if not self.is_registered or self.is_pruned or self._stays:
            return
        if self.tallying.has_any():
            self._beat(registry)
        try:
            registry.deregister(self.record.id)
        except Exception as error:  # noqa: BLE001 - the process ends all the same
            logger.warning(
                "The process could not be deregistered; others will give back what it held "
                "once it has been silent for long enough: %s: %s",
                type(error).__name__,
                error,
            )
            return
        notify(signals.process_stopped, adapter=self.adapter, process=self.record)
