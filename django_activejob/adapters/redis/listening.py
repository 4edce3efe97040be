"""Word of new jobs: PUBLISH by who pushes into an empty queue, SUBSCRIBE by idle sources.

It only shortens the rest between two looks; what is not heard is found by looking.
"""

from __future__ import annotations

import socket
from typing import cast

from django_activejob.adapters.redis.store import Connection, Store


class Line:
    """A connection that listens while it is wanted; used by one thread.

    Raises:
        Exception: any method, as redis-py does, when the connection is broken.
    """

    def __init__(self, store: Store) -> None:
        self._pool = store.pool
        self._channel = store.keys.wake
        self._connection: Connection = self._pool.get_connection()
        self._is_open = False

    @property
    def end(self) -> int:
        """The descriptor of the socket to wait for."""
        # redis-py shows its socket to nobody; its own wait could not be ended from outside.
        return cast("socket.socket", self._connection._sock).fileno()

    def open(self) -> bool:
        """Listens from now on; says whether it did not do so before."""
        if self._is_open:
            return False
        self._connection.send_command("SUBSCRIBE", self._channel)
        while self._connection.read_response()[0] != b"subscribe":
            pass
        self._is_open = True
        return True

    def hush(self) -> None:
        """Listens no more: what nobody takes in would pile up in Redis."""
        if self._is_open:
            self._connection.send_command("UNSUBSCRIBE", self._channel)
            self._is_open = False

    def hear(self) -> None:
        """Takes in what has been said; to be called when there is something to read."""
        while self._connection.can_read(timeout=0):
            self._connection.read_response()

    def close(self) -> None:
        """Hangs up."""
        self._connection.disconnect()
        self._pool.release(self._connection)
