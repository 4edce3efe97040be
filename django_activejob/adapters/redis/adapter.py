"""Jobs in Redis, in Sidekiq's form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from django.core.checks import CheckMessage
from typing_extensions import override

from django_activejob.adapters.redis.checks import check_alias
from django_activejob.adapters.redis.chores import chores
from django_activejob.adapters.redis.inspector import RedisInspector
from django_activejob.adapters.redis.keys import Keys
from django_activejob.adapters.redis.recurring import RedisRecurringStore
from django_activejob.adapters.redis.registry import RedisRegistry
from django_activejob.adapters.redis.source import RedisSource
from django_activejob.adapters.redis.store import Bounds, Store
from django_activejob.adapters.redis.transitions.enqueue import enqueue
from django_activejob.adapters.redis.transitions.enqueue_all import enqueue_all
from django_activejob.adapters.redis.wire.dialect import NEW_WRAPPER, OLD_WRAPPER, Dialect
from django_activejob.contracts import Chore, Envelope, QueueAdapter, Receipt
from django_activejob.errors import InvalidOptions


class RedisAdapter(QueueAdapter):
    """Keeps jobs in Redis, in the form of Sidekiq, with which it shares queues.

    On Redis 6.2 or newer, or Valkey, reached with the settings of a cache of django-redis.

    Args:
        cache: the alias of the cache, in CACHES, whose server it is. Jobs do not go through the
            cache: it may clear, expire or evict what is in it.
        namespace: put before every key with a colon, for several deployments on one database.
            Sidekiq finds jobs only where it is empty.
        polling_interval: seconds between two looks of an idle worker for what others than
            django_activejob have enqueued; of our own enqueues it is told at once.
        wire: "7" writes moments as Sidekiq 6 and 7 do, and 8 can read; "8" as only Sidekiq 8.
        retry: how often a job that fails is performed again, in Sidekiq's rhythm, when its
            class says nothing; True for 25 times.
        most_dead: how many failed jobs are kept.
        keep_dead: for how many seconds failed jobs are kept.
        keep_ticks: for how many seconds the ticks of recurring tasks are kept, at least an hour:
            as long as they are, none is enqueued twice.
        max_connections: how many connections a process opens at most; None for one for each
            thread that asks at the same time.

    Raises:
        InvalidOptions: an option has a value that makes no sense.
    """

    supports_delay: ClassVar[bool] = True
    supports_limits: ClassVar[bool] = True
    supports_unique: ClassVar[bool] = True
    supports_retry: ClassVar[bool] = True

    def __init__(
        self,
        *,
        cache: str = "default",
        namespace: str = "",
        polling_interval: float = 0.5,
        wire: Literal["7", "8"] = "7",
        retry: int | bool = 0,
        most_dead: int = 10_000,
        keep_dead: float = 180 * 86_400.0,
        keep_ticks: float = 7 * 86_400.0,
        max_connections: int | None = None,
    ) -> None:
        _require(polling_interval, "polling_interval", above=0.0)
        _require(most_dead, "most_dead", above=0)
        _require(keep_dead, "keep_dead", above=0.0)
        _require(keep_ticks, "keep_ticks", above=3599.0)
        if wire not in ("7", "8"):
            raise _invalid("wire", wire, 'it has to be "7" or "8"')
        if not _is_count(retry):
            raise _invalid("retry", retry, "it has to be a whole number from 0, True or False")
        self.cache = cache
        self._polling_interval = polling_interval
        self._store = Store(
            cache,
            keys=Keys(namespace),
            dialect=Dialect(
                times=wire, wrapper=NEW_WRAPPER if wire == "8" else OLD_WRAPPER, retry=retry
            ),
            bounds=Bounds(
                most_dead=most_dead, keep_dead=int(keep_dead), keep_ticks=int(keep_ticks)
            ),
            max_connections=max_connections,
        )
        self._registry = RedisRegistry(self._store)

    @override
    def enqueue(self, envelope: Envelope) -> str:
        """Writes one job."""
        return enqueue(self._store, envelope)

    @override
    def enqueue_all(self, envelopes: Sequence[Envelope]) -> list[Receipt]:
        """Writes many jobs, some hundred in a step."""
        return enqueue_all(self._store, envelopes)

    @override
    def source(self, process_id: str) -> RedisSource:
        """The queues' lists, for one process."""
        return RedisSource(self._store, process_id, polling_interval=self._polling_interval)

    @override
    def registry(self) -> RedisRegistry:
        """The processes; always the same object."""
        return self._registry

    @override
    def chores(self) -> Sequence[Chore]:
        """Dispatching, and giving permits that are free."""
        return chores(self._store)

    @override
    def recurring(self) -> RedisRecurringStore:
        """The recurring tasks and their ticks."""
        return RedisRecurringStore(self._store)

    @override
    def inspector(self) -> RedisInspector:
        """The lists and sets, for people."""
        return RedisInspector(self._store)

    @override
    def check(self) -> Iterable[CheckMessage]:
        """Looks at the alias's settings."""
        return check_alias(self._store.alias)

    @override
    def close(self) -> None:
        """Closes all connections that are not in use."""
        self._store.close()

    @override
    def forget(self) -> None:
        """Leaves inherited connections alone; the next use makes new ones."""
        self._store.forget()


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _require(value: object, option: str, *, above: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not value > above:  # type: ignore[operator]  # it is a number
        raise _invalid(option, value, f"it has to be a number above {above:g}")


def _invalid(option: str, value: object, wanted: str) -> InvalidOptions:
    return InvalidOptions(f"The redis adapter's option {option!r} is {value!r}; {wanted}.")
