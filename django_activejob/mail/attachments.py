"""Attachments too large for a payload: kept in one of Django's storages until they are sent."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from django_activejob import clock, conf
from django_activejob.contracts import Inspector
from django_activejob.errors import DeserializationError
from django_activejob.job.enqueuing import adapter_of
from django_activejob.mail.delivery import MailDeliveryJob

logger = logging.getLogger(__name__)

FOLDER: Final = "django_activejob_mail"
"""Everything of ours in the storage lies here; nothing else is ever read or removed."""

DAY: Final = 86_400.0

_TIME: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(
    rf"{FOLDER}/(?P<time>\d{{8}}T\d{{6}}Z)-(?P<job_id>[0-9a-f-]{{36}})-[^/\\]+"
)


def is_too_large(content: bytes) -> bool:
    """Whether a content goes to the storage; never without the setting MAIL_ATTACHMENT_STORAGE."""
    settings = conf.settings()
    too_large = len(content) > settings.mail_attachment_limit
    return too_large and settings.mail_attachment_storage is not None


def keep(content: bytes, *, job_id: str) -> str:
    """Puts a content into the storage for a job; returns the name under which it lies there.

    ``django_activejob_mail/20260314T150926Z-<job id>-<random>``
    """
    name = f"{FOLDER}/{clock.now().astimezone(UTC):{_TIME}}-{job_id}-{uuid.uuid4().hex}"
    return _storage().save(name, ContentFile(content))


def read(name: str) -> bytes:
    """A content out of the storage.

    Raises:
        DeserializationError: it is not there, or the name is not one of ours.
    """
    try:
        with _storage().open(_checked(name)) as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise DeserializationError(
            f"{name}: this attachment is no longer in the storage. It is removed once it is "
            "delivered, so the message was probably sent before a crash."
        ) from error


def remove(names: Iterable[str]) -> None:
    """Removes contents; what cannot be removed is logged, and left to ``remove_orphans``."""
    for name in names:
        try:
            _storage().delete(_checked(name))
        except Exception as error:  # noqa: BLE001 - storages raise anything; the mail is sent
            logger.warning("The attachment %s could not be removed: %r", name, error)


def remove_orphans(*, older_than: float = DAY) -> int:
    """Removes contents whose job is finished or gone, as after a rollback or a discard.

    Safe to repeat, to be called now and then. A failed job keeps its attachments, for it may
    be retried. Where the adapter of the delivery jobs cannot be asked about them, nothing
    is removed.

    Args:
        older_than: seconds; younger ones may belong to a job that is not committed yet.

    Returns:
        How many were removed.
    """
    inspector = adapter_of(MailDeliveryJob).inspector()
    if inspector is None or conf.settings().mail_attachment_storage is None:
        return 0
    latest = clock.now() - timedelta(seconds=older_than)
    orphans = [
        name for name, job_id in _kept_before(latest) if not _is_waited_for(job_id, inspector)
    ]
    remove(orphans)
    return len(orphans)


def _kept_before(latest: datetime) -> Iterator[tuple[str, str]]:
    storage = _storage()
    for file in storage.listdir(FOLDER)[1] if storage.exists(FOLDER) else []:
        match = _NAME.fullmatch(f"{FOLDER}/{file}")
        if match and datetime.strptime(match["time"], _TIME).replace(tzinfo=UTC) <= latest:
            yield match[0], match["job_id"]


def _is_waited_for(job_id: str, inspector: Inspector) -> bool:
    job = inspector.find(job_id)
    return job is not None and job.status != "finished"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise DeserializationError(f"{name!r}: this is not the name of an attachment of ours.")
    return name


def _storage() -> Storage:
    alias = conf.settings().mail_attachment_storage
    if alias is None:
        raise DeserializationError(
            f'{conf.NAME}["MAIL_ATTACHMENT_STORAGE"]: is not set, but a message has an attachment '
            "that lies in a storage. Set it as it was when the message was enqueued."
        )
    return storages[alias]
