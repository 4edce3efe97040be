"""Where jobs wait for a place in a throttle's window: a key of their own kind.

It stands in the column of the limits' keys, so the indexes of those serve the throttles too.
"""

from __future__ import annotations

from typing import Final

from django_activejob.contracts import Envelope, Throttle

# No key of a limit holds a character that cannot be printed.
_MARK: Final = "\x1fthrottle:"


def gate_of(throttle_key: str) -> str:
    """The gate of a throttle."""
    return f"{_MARK}{throttle_key}"


def throttle_key_of(key: str) -> str | None:
    """The throttle behind a gate; None for the key of a limit."""
    return key.removeprefix(_MARK) if key.startswith(_MARK) else None


def waits_for(envelope: Envelope) -> str:
    """The key at which a job waits first: its limit's, else its throttle's; empty for none."""
    if envelope.limit is not None:
        return envelope.limit.key
    return gate_of(envelope.throttle.key) if envelope.throttle is not None else ""


def alone(throttle_key: str) -> Throttle:
    """A throttle for a job that cannot be read: it gets through, and fails with the reason."""
    return Throttle(key=throttle_key, to=1, per=1.0)
