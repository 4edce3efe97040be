"""Which failures of a delivery pass by themselves."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from smtplib import (
    SMTPConnectError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Final

_UNREACHABLE: Final = frozenset(
    {errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}
)
_LOST: Final = (
    SMTPServerDisconnected,
    SMTPConnectError,
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    socket.herror,
)
_TOO_MANY_REQUESTS: Final = 429


class _Nature(type):
    # Whether an error is temporary is in its number, not in its class.
    def __instancecheck__(cls, error: object) -> bool:
        return isinstance(error, BaseException) and is_temporary(error)


class TemporaryFailure(Exception, metaclass=_Nature):
    """Any error of a delivery that may pass by itself; for ``retry_on`` and ``rescue_from``.

    ``isinstance`` tells it by what the error says: the mail server cannot be reached, or
    answers 4xx; an HTTP service answers 429 or 5xx (``error.status_code``). It is never
    raised itself, and an ``except`` clause does not know it.
    """


def is_temporary(error: BaseException) -> bool:
    """Whether a later try may well succeed."""
    if isinstance(error, SMTPRecipientsRefused):
        return any(_is_smtp_temporary(code) for code in _codes_of(error))
    if isinstance(error, _LOST):
        return True
    if isinstance(error, SMTPResponseException):
        return _is_smtp_temporary(error.smtp_code)
    if isinstance(error, ssl.SSLError):
        return not isinstance(error, ssl.SSLCertVerificationError)
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return True
    return _is_http_temporary(getattr(error, "status_code", None))


def _codes_of(error: SMTPRecipientsRefused) -> Iterator[int]:
    for answer in error.recipients.values():
        yield answer[0]


def _is_smtp_temporary(code: object) -> bool:
    return isinstance(code, int) and 400 <= code < 500


def _is_http_temporary(code: object) -> bool:
    return isinstance(code, int) and (code == _TOO_MANY_REQUESTS or code >= 500)
