"""A way to a server that a test can cut, or let freeze."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

CHUNK = 65_536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: a close that takes no leave


class Proxy:
    """Passes on what clients and a server say; the threads end with their connections.

    State, guarded by ``_lock``: ``_pairs``, the open connections, client and server.
    ``_fatal`` is what cuts the connection of the client that says it, once the server has heard.

    Args:
        target: the port of the server.
        port: where to listen; 0 is any that is free.
    """

    def __init__(self, host: str, target: int, *, port: int = 0) -> None:
        self._target = (host, target)
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._fatal: bytes | None = None
        self._is_heard = True
        self.cuts = 0
        self._door = socket.create_server(("127.0.0.1", port))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Breaks every connection, both ends at once."""
        with self._lock:
            for pair in self._pairs:
                self._break(pair)

    def cut_after(self, words: bytes, *, within: int = 1) -> None:
        """Breaks a connection when the server has heard these words and cannot answer any more.

        Does so for the next ``within`` times.
        """
        self._fatal, self._left, self._is_heard = words, within, True

    def cut_before(self, words: bytes, *, within: int = 1) -> None:
        """Breaks a connection when a client says these words, before the server hears them.

        Does so for the next ``within`` times.
        """
        self._fatal, self._left, self._is_heard = words, within, False

    def freeze(self) -> None:
        """Passes nothing on, and tells nobody, as a firewall that has forgotten."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Passes on again, also what has waited."""
        self._flowing.set()

    def close(self) -> None:
        """Ends it all."""
        self.thaw()
        self._door.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._door.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._flowing.wait()
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        pair = (client, server)
        with self._lock:
            self._pairs.append(pair)
        threading.Thread(target=self._pass, args=[pair, server, client], daemon=True).start()
        self._pass(pair, client, server)

    def _pass(
        self,
        pair: tuple[socket.socket, socket.socket],
        source: socket.socket,
        target: socket.socket,
    ) -> None:
        with contextlib.suppress(OSError):
            while words := source.recv(CHUNK):
                self._flowing.wait()
                if source is pair[0] and self._is_fatal(words):
                    # The server is to act on it, and its answer to find nobody; or not to.
                    self._break(pair, only_client=self._is_heard)
                target.sendall(words)
        self._break(pair)

    def _is_fatal(self, words: bytes) -> bool:
        if self._fatal is None or self._fatal not in words or self._left < 1:
            return False
        self._left -= 1
        self.cuts += 1
        return True

    def _break(
        self, pair: tuple[socket.socket, socket.socket], *, only_client: bool = False
    ) -> None:
        for end in pair[:1] if only_client else pair:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                end.close()
