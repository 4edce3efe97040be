"""The JSON form of a job, key for key as Active Job writes it."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Payload(TypedDict):
    """A serialized job.

    ``{"job_class": "shop.ReportJob", "job_id": "6f0a…", "provider_job_id": None,
    "queue_name": "default", "priority": None, "arguments": [42], "executions": 0,
    "exception_executions": {}, "locale": "en", "timezone": "UTC",
    "enqueued_at": "2026-08-22T17:06:01.123456000Z", "scheduled_at": None}``

    Mixins and subclasses may add keys of their own.
    """

    job_class: str
    job_id: str
    provider_job_id: str | None
    queue_name: str
    priority: int | None
    arguments: list[Any]
    executions: int
    exception_executions: dict[str, int]
    locale: str
    timezone: str | None
    enqueued_at: str
    scheduled_at: str | None
    attributes: NotRequired[dict[str, Any]]
    continuation: NotRequired[dict[str, Any]]
    resumptions: NotRequired[int]
    raw: NotRequired[bool]  # a job of Sidekiq's own: its arguments are JSON and nothing else
