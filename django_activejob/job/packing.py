"""Jobs into envelopes, and payloads into jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.utils import timezone, translation

from django_activejob import clock, conf
from django_activejob.contracts import Envelope, Payload
from django_activejob.errors import MalformedPayload, PayloadTooLarge
from django_activejob.job import registry, times
from django_activejob.serialization import deserialize_arguments, serialize_arguments

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob


def pack(job: ActiveJob) -> Envelope:
    """A job as adapters take it.

    A retry keeps the routing facts of the claim that it runs on. For a new job, the keys of
    its limit, its throttle and its unique lock are worked out here; what that raises is raised.

    Raises:
        SerializationError: an argument has no JSON form.
    """
    payload = job.serialize()
    facts: dict[str, Any] = {
        "payload": payload,
        "queue_name": payload["queue_name"],
        "priority": payload["priority"] or 0,
        "scheduled_at": job.scheduled_at,
    }
    if job._run is not None:
        return replace(job._run.envelope, **facts)
    job_class = type(job)
    return Envelope(
        on_crash=job.on_crash,
        limit=job_class.limit_for(job) if job_class.limit_for else None,
        throttle=job_class.throttle_for(job) if job_class.throttle_for else None,
        unique=job_class.unique_lock_for(job) if job_class.unique_lock_for else None,
        extra={} if job.retry is None else {"retry": job.retry},
        **facts,
    )


def unpack(payload: Mapping[str, Any]) -> ActiveJob:
    """The job behind a payload; its arguments are not decoded yet.

    Raises:
        UnknownJobClass: this process does not have its class.
        MalformedPayload: this is not the JSON form of a job.
    """
    try:
        name = payload["job_class"]
    except (KeyError, TypeError) as error:
        raise MalformedPayload("The payload names no job_class, so it is not a job.") from error
    job = registry.find(name)()
    try:
        job.deserialize(payload)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedPayload(
            f"{name}: the payload is not the JSON form of a job: {error!r}."
        ) from error
    return job


def to_payload(job: ActiveJob) -> Payload:
    """What ``ActiveJob.serialize`` gives: each of Active Job's keys, in its order."""
    return {
        "job_class": registry.name_of(type(job)),
        "job_id": job.job_id,
        "provider_job_id": job.provider_job_id,
        "queue_name": job.queue_name,
        "priority": job.priority,
        "arguments": _arguments_of(job),
        "executions": job.executions,
        "exception_executions": job.exception_executions,
        "locale": job.locale or _current_locale(),
        "timezone": job.timezone,
        "enqueued_at": times.to_text(clock.now()),
        "scheduled_at": times.to_text(job.scheduled_at) if job.scheduled_at else None,
    }


def from_payload(job: ActiveJob, payload: Mapping[str, Any]) -> None:
    """What ``ActiveJob.deserialize`` does: fills a fresh job from a payload."""
    job.job_id = payload["job_id"]
    job.provider_job_id = payload.get("provider_job_id")
    job.queue_name = payload["queue_name"]
    job.priority = payload.get("priority")
    job.serialized_arguments = payload["arguments"]
    job.executions = payload.get("executions") or 0
    job.exception_executions = _own_copy(payload.get("exception_executions"))
    job.locale = payload.get("locale") or _current_locale()
    job.timezone = payload.get("timezone") or timezone.get_current_timezone_name()
    job.enqueued_at = times.from_text(payload.get("enqueued_at")) or job.enqueued_at
    job.scheduled_at = times.from_text(payload.get("scheduled_at")) or job.scheduled_at


def decode_arguments(job: ActiveJob) -> None:
    """Makes a stored job's arguments live; does nothing when they are.

    Raises:
        DeserializationError: they could not be read; the raw ones are kept for a retry.
    """
    if job.serialized_arguments is None:
        return
    positional, keywords = deserialize_arguments(job.serialized_arguments)
    job.arguments, job.keyword_arguments = positional, keywords
    job.serialized_arguments = None


def _arguments_of(job: ActiveJob) -> list[Any]:
    if job.serialized_arguments is not None:
        return job.serialized_arguments
    arguments = serialize_arguments(job.arguments, job.keyword_arguments)
    limit = conf.settings().payload_limit
    if limit is not None:
        _check_size(job, arguments, limit)
    return arguments


def _check_size(job: ActiveJob, arguments: list[Any], limit: int) -> None:
    # Weighing costs less than writing; an ASCII escape makes at most six bytes of a character.
    if _weight(arguments) * 6 <= limit:
        return
    size = len(json.dumps(arguments))
    if size > limit:
        raise PayloadTooLarge(
            f"{registry.name_of(type(job))} (job id {job.job_id}): its arguments take {size:,} "
            f'bytes of JSON, and ACTIVE_JOB["PAYLOAD_LIMIT"] is {limit:,}. Keep the data in the '
            "database or in a file, and pass what stands for it."
        )


def _weight(value: Any) -> int:
    if isinstance(value, str):
        return len(value) + 2
    if isinstance(value, list):
        return 2 + sum(map(_weight, value))
    if isinstance(value, dict):
        return 2 + sum(len(key) + 2 + _weight(item) for key, item in value.items())
    return 8 if not isinstance(value, int) else 8 + value.bit_length() // 3


def _own_copy(counters: Any) -> Any:
    return dict(counters) if isinstance(counters, Mapping) else counters


def _current_locale() -> str:
    return translation.get_language() or django_settings.LANGUAGE_CODE
