"""Exceptions as text."""

from __future__ import annotations

import traceback

from django_activejob.contracts import ErrorRecord
from django_activejob.job.handlers import class_name_of


def error_record(error: BaseException) -> ErrorRecord:
    """An exception as text; never raises, whatever its ``__str__`` does."""
    return ErrorRecord(
        class_name=class_name_of(type(error)),
        message=_message_of(error),
        traceback=_traceback_of(error),
    )


def _message_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception's own __str__ may do anything
        return f"<the message of this {type(error).__name__} cannot be shown>"


def _traceback_of(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 - see _message_of
        return "".join(traceback.format_tb(error.__traceback__))
