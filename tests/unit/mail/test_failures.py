from __future__ import annotations

import errno
import smtplib
import socket
import ssl

import pytest

from django_activejob.mail import TemporaryFailure


class ServiceError(Exception):
    def __init__(self, status_code: int | None) -> None:
        self.status_code = status_code


TEMPORARY = [
    smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
    smtplib.SMTPConnectError(421, b"try later"),
    smtplib.SMTPDataError(451, b"try later"),
    smtplib.SMTPSenderRefused(452, b"no space", "a@example.com"),
    smtplib.SMTPAuthenticationError(454, b"temporary failure"),
    smtplib.SMTPRecipientsRefused({"a@example.com": (450, b"greylisted")}),
    smtplib.SMTPRecipientsRefused({"a@b.c": (550, b"no"), "d@e.f": (451, b"later")}),
    ConnectionRefusedError(),
    TimeoutError(),
    socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
    OSError(errno.EHOSTUNREACH, "No route to host"),
    ssl.SSLError("the connection was closed"),
    ServiceError(429),
    ServiceError(503),
]
PERMANENT = [
    smtplib.SMTPDataError(554, b"spam"),
    smtplib.SMTPSenderRefused(550, b"who?", "a@example.com"),
    smtplib.SMTPAuthenticationError(535, b"wrong password"),
    smtplib.SMTPRecipientsRefused({"a@example.com": (550, b"no such user")}),
    smtplib.SMTPNotSupportedError("no STARTTLS"),
    ssl.SSLCertVerificationError("self-signed"),
    FileNotFoundError("key.pem"),
    ValueError("Invalid address"),
    ServiceError(400),
    ServiceError(None),
]


class TestTemporaryFailure:
    @pytest.mark.parametrize("error", TEMPORARY, ids=repr)
    def test_what_may_pass_is_one(self, error: Exception) -> None:
        assert isinstance(error, TemporaryFailure)

    @pytest.mark.parametrize("error", PERMANENT, ids=repr)
    def test_what_stays_is_none(self, error: Exception) -> None:
        assert not isinstance(error, TemporaryFailure)

    def test_what_is_no_error_is_none(self) -> None:
        assert not isinstance("421", TemporaryFailure)
