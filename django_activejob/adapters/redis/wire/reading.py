"""Jobs of Sidekiq as envelopes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, cast

from django_activejob.adapters.redis.wire import errors, moments, routing
from django_activejob.adapters.redis.wire.dialect import WRAPPERS, Dialect
from django_activejob.adapters.redis.wire.text import Fields
from django_activejob.adapters.redis.wire.writing import CRASHES, RAW_PAYLOAD, RETRIED
from django_activejob.contracts import Envelope, Payload
from django_activejob.errors import MalformedPayload

_DEFAULT_QUEUE: Final = "default"
_SHOWN: Final = 200  # characters of a class's name, in a message

# What stands in Envelope's other fields, or is written anew with each enqueue.
_NOT_EXTRA: Final = errors.FIELDS | {
    "args",
    "at",
    "class",
    "created_at",
    "discarded_at",
    "enqueued_at",
    "jid",
    "queue",
    "wrapped",
}


def envelope_of(fields: Fields, *, dialect: Dialect) -> Envelope:
    """The envelope in a job of Sidekiq: an Active Job, or one of Sidekiq's own.

    What Active Job has no word for stands in ``extra``, and so comes along into a retry.

    Raises:
        MalformedPayload: what is wrapped is not the JSON form of an Active Job.
    """
    is_wrapped = fields["class"] in WRAPPERS
    payload = _wrapped_payload(fields) if is_wrapped else _raw_payload(fields)
    extra, has_ours = _extra(fields, dialect)
    try:
        facts = routing.read(fields, payload) if has_ours else routing.said_by(payload)
    except (ValueError, TypeError) as error:
        raise _malformed(
            fields, f"a field that begins with {routing.OURS} is not ours: {error}"
        ) from error
    return Envelope(payload=payload, queue_name=queue_of(fields), extra=extra, **facts)


def queue_of(fields: Fields) -> str:
    """The queue to which a job belongs."""
    queue = fields.get("queue")
    return queue if isinstance(queue, str) and queue else _DEFAULT_QUEUE


def jid_of(fields: Fields) -> str | None:
    """Sidekiq's id of a job; None for one that some other program has pushed without."""
    jid = fields.get("jid")
    return jid if isinstance(jid, str) else None


def job_class_of(fields: Fields) -> str:
    """The name of the class, for people; of the job itself where it is wrapped."""
    return str(fields.get("wrapped") or fields["class"])


def crashes_of(fields: Fields) -> int:
    """How many processes have died with this job."""
    crashes = fields.get(CRASHES, 0)
    return crashes if isinstance(crashes, int) else 0


def failures_of(fields: Fields) -> int:
    """How many executions of a job ended with an error and left it to Sidekiq's own retries."""
    count = fields.get("retry_count")
    if RETRIED in fields or not isinstance(count, int):
        return 0
    return max(count + 1, 0)


def enqueued_at(fields: Fields) -> datetime | None:
    """When a job came into its queue, or when it was made if it never did."""
    return moments.moment_in(fields.get("enqueued_at", fields.get("created_at")))


def failed_at(fields: Fields) -> datetime | None:
    """When a job failed last."""
    return moments.moment_in(fields.get("retried_at", fields.get("failed_at")))


def _wrapped_payload(fields: Fields) -> Payload:
    payload = fields["args"][0] if fields["args"] else None
    if not isinstance(payload, dict):
        raise _malformed(fields, "its args hold no Active Job")
    for key, kind in _DEMANDED.items():
        if not isinstance(payload.get(key), kind):
            raise _malformed(fields, f"its args hold no Active Job: {key!r} is no {kind.__name__}")
    return _completed(dict(payload), fields)


def _raw_payload(fields: Fields) -> Payload:
    kept = fields.get(RAW_PAYLOAD)
    payload = {
        "job_id": jid_of(fields) or "",
        "enqueued_at": _enqueued_at_as_text(fields),
        **(kept if isinstance(kept, dict) else {}),
        "job_class": fields["class"],
        "arguments": fields["args"],
        "raw": True,
    }
    return _completed(payload, fields)


def _completed(payload: dict[str, Any], fields: Fields) -> Payload:
    # Ruby runs a job that has no more than a class, an id and arguments; so do we.
    for key, (kind, default) in _OPTIONAL.items():
        value = payload.get(key)
        if value is None:
            payload[key] = default
        elif type(value) is not kind:
            raise _malformed(fields, f"{key!r} of the Active Job is no {kind.__name__}")
    payload["queue_name"] = payload["queue_name"] or queue_of(fields)
    payload["exception_executions"] = payload["exception_executions"] or {}
    payload["provider_job_id"] = jid_of(fields)
    return cast("Payload", payload)


_DEMANDED: Final[dict[str, type]] = {"job_class": str, "job_id": str, "arguments": list}
_OPTIONAL: Final[dict[str, tuple[type, Any]]] = {
    "queue_name": (str, None),
    "priority": (int, None),
    "executions": (int, 0),
    "exception_executions": (dict, None),
    "locale": (str, None),
    "timezone": (str, None),
    "enqueued_at": (str, None),
    "scheduled_at": (str, None),
}


def _malformed(fields: Fields, reason: str) -> MalformedPayload:
    return MalformedPayload(
        f"{job_class_of(fields)[:_SHOWN]} ({jid_of(fields)}): {reason}. Look at its raw payload, "
        "then discard it."
    )


def _extra(fields: Fields, dialect: Dialect) -> tuple[dict[str, Any], bool]:
    """What Active Job has no word for, and whether any field is ours."""
    unknown = fields.keys() - _NOT_EXTRA
    extra = {name: fields[name] for name in unknown if not name.startswith(routing.OURS)}
    has_ours = len(extra) < len(unknown)
    if "retry" in extra and _same(extra["retry"], dialect.retry):
        del extra["retry"]
    return extra, has_ours


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _enqueued_at_as_text(fields: Fields) -> str | None:
    moment = enqueued_at(fields)
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z"
