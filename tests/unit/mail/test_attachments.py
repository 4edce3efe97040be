from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import JobRecord
from django_activejob.errors import AdapterUnavailable, DeserializationError, EnqueueError
from django_activejob.job.execution import execute
from django_activejob.mail import attachments, deliver_later
from django_activejob.mail.messages import deliver_messages_later
from tests.unit.conftest import Clock
from tests.unit.mail.furniture import fields_of, perform_all

LARGE = bytes(range(256))


def a_message() -> EmailMessage:
    message = EmailMessage("S", "B", "a@example.com", ["b@example.com"])
    message.attach("large.bin", LARGE, "application/octet-stream")
    message.attach("large.txt", "Grüße, viele", "text/plain")
    message.attach("small.bin", b"0123456789", "application/octet-stream")
    return message


def files(storage: Path) -> list[Path]:
    return sorted((storage / attachments.FOLDER).glob("*"))


def refuse(error: Exception) -> Any:
    def enqueue(envelope: object) -> None:
        raise error

    return enqueue


class Inspector:
    """Finds the jobs that it was given, by id."""

    def __init__(self, **statuses: str) -> None:
        self._statuses = {name.replace("_", "-"): status for name, status in statuses.items()}

    def find(self, job_id: str) -> JobRecord | None:
        status: Any = self._statuses.get(job_id)
        if status is None:
            return None
        return JobRecord(
            id="1",
            job_id=job_id,
            job_class="",
            queue="",
            priority=0,
            status=status,
            payload=None,
            raw_payload="",
        )


def inspected_by(monkeypatch: pytest.MonkeyPatch, inspector: Inspector) -> None:
    monkeypatch.setattr(TestAdapter, "inspector", lambda self: inspector)


class TestLargeAttachments:
    def test_they_lie_in_the_storage_and_not_in_the_payload(
        self, storage: Path, queue: TestAdapter
    ) -> None:
        job = deliver_later(a_message())
        first, second, third = fields_of(queue)["attachments"]
        assert job
        assert [file.read_bytes() for file in files(storage)] in (
            [LARGE, "Grüße, viele".encode()],
            ["Grüße, viele".encode(), LARGE],
        )
        assert job.job_id in first["stored"]
        assert job.job_id in second["stored_text"]
        assert "base64" in third

    def test_without_a_storage_they_travel_in_the_payload(self, queue: TestAdapter) -> None:
        deliver_later(a_message())
        assert {"base64", "text"} & fields_of(queue)["attachments"][0].keys()

    @pytest.mark.usefixtures("storage")
    def test_they_are_sent_as_they_were(self, queue: TestAdapter) -> None:
        deliver_later(a_message())
        perform_all(queue)
        assert mail.outbox[0].attachments == a_message().attachments

    def test_they_are_removed_once_they_are_sent(self, storage: Path, queue: TestAdapter) -> None:
        deliver_later(a_message())
        perform_all(queue)
        assert files(storage) == []

    def test_they_stay_when_the_delivery_fails(
        self, storage: Path, queue: TestAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deliver_later(a_message())
        monkeypatch.setattr("django_activejob.mail.routing.send", refuse(ValueError("no")))
        perform_all(queue)
        assert len(files(storage)) == 2

    def test_a_delivery_after_the_delivery_fails_with_what_has_happened(
        self, storage: Path, queue: TestAdapter
    ) -> None:
        deliver_later(a_message())
        envelope = queue.enqueued.pop()
        execute(envelope, adapter=queue)
        execution = execute(envelope, adapter=queue)
        assert execution.error is not None
        assert "the message was probably sent before a crash" in execution.error.message
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize("error", [AdapterUnavailable("away"), EnqueueError("full")])
    def test_they_are_removed_when_the_job_is_not_taken(
        self,
        storage: Path,
        queue: TestAdapter,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
    ) -> None:
        monkeypatch.setattr(queue, "enqueue", refuse(error))
        with suppress(AdapterUnavailable):
            assert deliver_later(a_message()) is False
        assert files(storage) == []

    def test_they_are_removed_when_many_are_not_taken(
        self, storage: Path, queue: TestAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "enqueue_all", refuse(AdapterUnavailable("away")))
        with pytest.raises(AdapterUnavailable):
            deliver_messages_later([a_message(), a_message()])
        assert files(storage) == []

    @pytest.mark.usefixtures("storage")
    def test_a_failing_removal_does_not_fail_the_delivery(
        self,
        queue: TestAdapter,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        deliver_later(a_message())
        monkeypatch.setattr("django.core.files.storage.FileSystemStorage.delete", lambda *_: 1 / 0)
        (execution,) = perform_all(queue)
        assert execution.error is None
        assert "could not be removed: ZeroDivisionError" in caplog.text


class TestNames:
    @pytest.mark.usefixtures("storage")
    @pytest.mark.parametrize(
        "name",
        [
            "secrets.txt",
            f"{attachments.FOLDER}/../secrets.txt",
            f"{attachments.FOLDER}/20260314T150926Z-{'0' * 36}-../../secrets.txt",
        ],
    )
    def test_only_ours_are_read(self, name: str) -> None:
        with pytest.raises(DeserializationError, match="not the name of an attachment of ours"):
            attachments.read(name)

    def test_without_the_setting_nothing_is_read(self, storage: Path, settings: Any) -> None:
        name = attachments.keep(LARGE, job_id="0" * 36)
        settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "test"}
        with pytest.raises(DeserializationError, match="MAIL_ATTACHMENT_STORAGE"):
            attachments.read(name)


WAITING, DONE, GONE = (letter * 8 + "-aaaa-aaaa-aaaa-aaaaaaaaaaaa" for letter in "abc")


class TestRemoveOrphans:
    def test_those_of_jobs_that_are_done_or_gone_are_removed(
        self, storage: Path, still: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for job_id in (WAITING, DONE, GONE):
            attachments.keep(LARGE, job_id=job_id)
        still.advance(attachments.DAY + 1)
        inspected_by(monkeypatch, Inspector(**{WAITING: "failed", DONE: "finished"}))
        assert attachments.remove_orphans() == 2
        assert [WAITING in file.name for file in files(storage)] == [True]

    def test_young_ones_stay_for_their_job_may_not_be_committed(
        self, storage: Path, still: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        attachments.keep(LARGE, job_id=GONE)
        still.advance(attachments.DAY - 1)
        inspected_by(monkeypatch, Inspector())
        assert attachments.remove_orphans() == 0
        assert attachments.remove_orphans(older_than=60) == 1

    def test_files_of_others_are_left_alone(
        self, storage: Path, still: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        attachments.keep(LARGE, job_id=GONE)
        other = storage / attachments.FOLDER / "readme.txt"
        other.write_text("not ours")
        still.advance(attachments.DAY + 1)
        inspected_by(monkeypatch, Inspector())
        attachments.remove_orphans()
        assert files(storage) == [other]

    @pytest.mark.usefixtures("storage")
    def test_an_empty_storage_is_fine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        inspected_by(monkeypatch, Inspector())
        assert attachments.remove_orphans() == 0

    def test_nothing_is_removed_where_jobs_cannot_be_asked_about(
        self, storage: Path, still: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        attachments.keep(LARGE, job_id=GONE)
        still.advance(attachments.DAY + 1)
        monkeypatch.setattr(TestAdapter, "inspector", lambda self: None)
        assert attachments.remove_orphans() == 0
        assert len(files(storage)) == 1
