from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from django_activejob import ActiveJob, clock
from django_activejob.mail import connections

MESSAGE = EmailMessage("S", "B", "a@example.com", ["b@example.com"])


class Server:
    """What smtplib would talk to."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self.sent = 0
        self.is_up = True
        self.answer: Exception | None = None


class Connection:
    def __init__(self, server: Server) -> None:
        self._server = server
        server.opened += 1

    def noop(self) -> tuple[int, bytes]:
        if not self._server.is_up:
            raise smtplib.SMTPServerDisconnected("gone")
        return 250, b"OK"

    def sendmail(self, *args: Any) -> None:
        if self._server.answer is not None:
            raise self._server.answer
        self._server.sent += 1

    def quit(self) -> None:
        self._server.closed += 1
        if not self._server.is_up:
            raise smtplib.SMTPException("gone")

    def close(self) -> None:
        pass


class SendingJob(ActiveJob):
    def perform(self) -> None:
        connections.send(a_backend(), MESSAGE)


class Other(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        return len(email_messages)


def a_backend(host: str = "mail.example.com") -> EmailBackend:
    options: dict[str, Any] = {"alias": "default", "host": host, "port": 25, "password": "secret"}
    return EmailBackend(**options)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(
        EmailBackend, "connection_class", property(lambda self: lambda *_, **__: Connection(server))
    )
    return server


class TestInJobs:
    def test_the_next_message_takes_the_connection_of_the_last(self, server: Server) -> None:
        for _ in range(3):
            SendingJob.perform_now()
        assert (server.opened, server.sent, server.closed) == (1, 3, 0)

    def test_one_that_has_died_is_replaced_before_anything_is_sent(self, server: Server) -> None:
        SendingJob.perform_now()
        server.is_up = False
        SendingJob.perform_now()
        assert (server.opened, server.sent) == (2, 2)

    def test_one_on_which_a_delivery_failed_is_closed(self, server: Server) -> None:
        server.answer = smtplib.SMTPDataError(554, b"spam")
        with pytest.raises(smtplib.SMTPDataError):
            SendingJob.perform_now()
        assert server.closed == 1

    def test_one_that_nobody_uses_is_closed(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        SendingJob.perform_now()
        connections._idle.close_the_old()
        assert server.closed == 0
        now = clock.monotonic()
        monkeypatch.setattr(clock, "monotonic", lambda: now + connections.IDLE + 1)
        connections._idle.close_the_old()
        assert server.closed == 1

    def test_one_to_another_server_is_not_taken(self, server: Server) -> None:
        SendingJob.perform_now()
        assert connections._take(connections._key_of(a_backend("other.example.com"))) is None

    def test_what_identifies_one_holds_no_password(self) -> None:
        assert "secret" not in connections._key_of(a_backend())

    def test_a_child_process_leaves_them_to_its_parent(self, server: Server) -> None:
        SendingJob.perform_now()
        kept = connections._idle
        connections._forget()
        assert connections._idle.waiting == []
        assert server.closed == 0
        connections._idle = kept


class TestElsewhere:
    def test_a_connection_is_closed_after_the_message(self, server: Server) -> None:
        connections.send(a_backend(), MESSAGE)
        connections.send(a_backend(), MESSAGE)
        assert (server.opened, server.closed) == (2, 2)

    def test_other_backends_send_as_they_do(self) -> None:
        assert connections.send(Other(), MESSAGE) == 1
