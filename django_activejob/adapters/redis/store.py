"""One Redis, as the transitions see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from redis import exceptions

from django_activejob.adapters.redis.connection import make_pool
from django_activejob.adapters.redis.keys import Keys
from django_activejob.adapters.redis.scripts import Script, script
from django_activejob.adapters.redis.trouble import advice_for, is_refusal_of_replica
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.errors import AdapterUnavailable

if TYPE_CHECKING:
    from redis import ConnectionPool

Word = str | bytes | int | float
Connection = Any  # of redis-py, whose connections are only partly typed

# Pools of a parent process. They are kept and never touched: even to drop one could say
# goodbye on a socket that is still the parent's.
_inherited: Final[list[ConnectionPool]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many dead jobs are kept, and for how many seconds; for how many seconds ticks are.

    Dead jobs as in Sidekiq.
    """

    most_dead: int = 10_000
    keep_dead: int = 180 * 86_400
    keep_ticks: int = 7 * 86_400


class Store:
    """One Redis: runs scripts and commands, and names what went wrong.

    Any thread may use it; each command has a connection of the pool to itself. State:
    ``_pool``, made at first use.
    """

    def __init__(
        self,
        alias: str,
        *,
        keys: Keys,
        dialect: Dialect,
        bounds: Bounds,
        max_connections: int | None = None,
    ) -> None:
        self.alias = alias
        self.keys = keys
        self.dialect = dialect
        self.bounds = bounds
        self._max_connections = max_connections
        self._pool: ConnectionPool | None = None

    def run(self, *pieces: str, with_: Sequence[Word] = ()) -> Any:
        """Runs the script of these files with arguments; gives its answer.

        Raises:
            AdapterUnavailable: nothing was done, or nobody knows.
        """
        return self._run(script(self.keys, *pieces), with_)

    def ask(self, *words: Word) -> Any:
        """Runs one command and gives its answer, in bytes.

        Raises:
            AdapterUnavailable: nothing was done, or nobody knows.
        """
        with self._guarded():
            try:
                return self._ask(words)
            except exceptions.RedisError as error:
                if not is_refusal_of_replica(error):
                    raise
                # A failover: whoever connects anew is led to the master.
                self._disconnect()
                return self._ask(words)

    def ask_all(self, commands: Sequence[Sequence[Word]]) -> list[Any]:
        """Runs many commands in one round trip; gives their answers in their order.

        Raises:
            AdapterUnavailable: nobody knows which of them were done.
        """
        with self._guarded(), self._connection() as connection:
            connection.send_packed_command(connection.pack_commands(commands))
            answers = [_answer(connection) for _ in commands]
        with self._guarded():
            for answer in answers:
                if isinstance(answer, Exception):
                    raise answer
        return answers

    @property
    def pool(self) -> ConnectionPool:
        """Our own connections; made at first use."""
        if self._pool is None:
            self._pool = make_pool(self.alias, max_connections=self._max_connections)
        return self._pool

    def close(self) -> None:
        """Closes all connections; the next use makes new ones."""
        if self._pool is not None:
            self._disconnect()

    def forget(self) -> None:
        """Leaves inherited connections alone; the next use makes new ones."""
        if self._pool is not None:
            _inherited.append(self._pool)
            self._pool = None

    def _run(self, wanted: Script, arguments: Sequence[Word]) -> Any:
        try:
            return self.ask("EVALSHA", wanted.sha, 0, *arguments)
        except exceptions.NoScriptError:
            # Redis was restarted, or told to forget its scripts: it has done nothing.
            return self.ask("EVAL", wanted.source, 0, *arguments)

    def _ask(self, words: Sequence[Word]) -> Any:
        with self._connection() as connection:
            connection.send_command(*words)
            return connection.read_response()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        pool = self.pool
        connection: Connection = pool.get_connection()
        try:
            yield connection
        except exceptions.ResponseError:
            raise
        except BaseException:
            # Its answer may still come, and would be taken for that of another command.
            connection.disconnect()
            raise
        finally:
            pool.release(connection)

    def _disconnect(self) -> None:
        if self._pool is not None:
            self._pool.disconnect(inuse_connections=False)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (exceptions.RedisError, OSError) as error:
            advice = advice_for(error)
            if advice is None:
                raise
            raise AdapterUnavailable(
                f"CACHES[{self.alias!r}]: Redis cannot be used: {error}. {advice}"
            ) from error


def _answer(connection: Connection) -> Any:
    try:
        return connection.read_response()
    except exceptions.ResponseError as error:
        return error
