"""Connections to mail servers that stay open for a moment, for the jobs that follow."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass, field
from smtplib import SMTPException
from typing import Any, Final

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend

from django_activejob import clock
from django_activejob.job.context import current_job

logger = logging.getLogger(__name__)

IDLE: Final = 5.0
"""Seconds for which a connection waits for the next message."""

Key = tuple[Any, ...]


def send(backend: BaseEmailBackend, message: EmailMessage) -> int:
    """Sends a message; within a job an SMTP connection is left open for the next one.

    Returns:
        What the backend says: how many messages were sent.
    """
    if not isinstance(backend, SMTPBackend) or current_job() is None:
        return backend.send_messages([message]) or 0
    return _send_and_keep(backend, message)


def close_all() -> None:
    """Closes what waits."""
    for backend in _idle.take_all(idle_for=0):
        _close(backend)


def _send_and_keep(backend: SMTPBackend, message: EmailMessage) -> int:
    key = _key_of(backend)
    kept = _take(key)
    sender = kept or backend
    try:
        if kept is None:
            sender.open()
        sent = sender.send_messages([message]) or 0
    except BaseException:
        # Nobody knows in which state of the conversation it is.
        _close(sender)
        raise
    _idle.put(key, sender)
    return sent


def _key_of(backend: Any) -> Key:
    names = ("host", "port", "username", "use_tls", "use_ssl", "timeout")
    return (type(backend), *(getattr(backend, name, None) for name in names))


def _take(key: Key) -> SMTPBackend | None:
    while (backend := _idle.take(key)) is not None:
        if _is_alive(backend):
            return backend
        _close(backend)
    return None


def _is_alive(backend: SMTPBackend) -> bool:
    # Asked before anything is sent: a message that was on its way when a connection broke
    # may have arrived, and must not be sent again by us.
    connection: Any = backend.connection
    try:
        return connection is not None and connection.noop()[0] == 250
    except (SMTPException, OSError):
        return False


def _close(backend: SMTPBackend) -> None:
    try:
        backend.close()
    except (SMTPException, OSError) as error:
        logger.debug("A connection to a mail server did not close in order: %s", error)


@dataclass(slots=True)
class _Idle:
    """Open connections that nobody uses, with when they were put here; the lock guards all."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[tuple[Key, SMTPBackend, float]] = field(default_factory=list)
    timer: threading.Timer | None = None

    def put(self, key: Key, backend: SMTPBackend) -> None:
        with self.lock:
            self.waiting.append((key, backend, clock.monotonic()))
            self._watch()

    def take(self, key: Key) -> SMTPBackend | None:
        with self.lock:
            for index in reversed(range(len(self.waiting))):
                if self.waiting[index][0] == key:
                    return self.waiting.pop(index)[1]
            return None

    def take_all(self, *, idle_for: float) -> list[SMTPBackend]:
        latest = clock.monotonic() - idle_for
        with self.lock:
            taken = [backend for _, backend, since in self.waiting if since <= latest]
            self.waiting = [entry for entry in self.waiting if entry[2] > latest]
            return taken

    def close_the_old(self) -> None:
        old = self.take_all(idle_for=IDLE)
        with self.lock:
            self.timer = None
            if self.waiting:
                self._watch()
        for backend in old:
            _close(backend)

    def _watch(self) -> None:
        if self.timer is None:
            self.timer = threading.Timer(IDLE, self.close_the_old)
            self.timer.daemon = True
            self.timer.start()


def _forget() -> None:
    # The sockets belong to the parent; its threads and its lock are not here.
    global _idle  # noqa: PLW0603 - one process has one stock
    _idle = _Idle()


_idle = _Idle()
os.register_at_fork(after_in_child=_forget)
