"""Strings that a process has taken, as claims."""

from __future__ import annotations

from django_activejob.adapters.redis.wire import reading
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.adapters.redis.wire.text import Fields, decoded
from django_activejob.contracts import Claim, ErrorRecord
from django_activejob.errors import MalformedPayload


def claim_of(token: str, text: bytes, *, dialect: Dialect) -> Claim:
    """The claim that a token names; without an envelope when the string is no job."""
    try:
        fields = decoded(text)
        envelope = reading.envelope_of(fields, dialect=dialect)
    except MalformedPayload as error:
        return Claim(token=token, envelope=None, unreadable=_unreadable(error))
    return Claim(token=token, envelope=envelope, crashes=reading.crashes_of(fields))


def fields_in(text: bytes) -> Fields | None:
    """The job in a string; None when it cannot be read."""
    try:
        return decoded(text)
    except MalformedPayload:
        return None


def number_of(token: str) -> int:
    """The place of a claim in the order of all claims."""
    _, _, number = token.partition("-")
    return int(number) if number.isdecimal() and number.isascii() else 0


def _unreadable(error: MalformedPayload) -> ErrorRecord:
    return ErrorRecord(class_name="django_activejob.errors.MalformedPayload", message=str(error))
