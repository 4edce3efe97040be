from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import TestCase
from typing_extensions import override

from django_activejob import before_enqueue, perform_all_later
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope
from django_activejob.errors import AdapterUnavailable, EnqueueError
from django_activejob.job import discovery
from django_activejob.job.deferring import open_transactions
from tests.jobs import buffer
from tests.jobs.hello import HelloJob


class Rollback(Exception):
    pass


def enqueue_and_roll_back() -> None:
    try:
        with transaction.atomic():
            HelloJob.perform_later("dropped")
            raise Rollback
    except Rollback:
        pass


@pytest.fixture
def same(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestAdapter]:
    """An adapter that writes through the default database."""
    adapter = TestAdapter()
    adapter.transaction_alias = "default"
    monkeypatch.setattr(HelloJob, "queue_adapter", adapter)
    return adapter


@pytest.mark.django_db(transaction=True)
class TestAuto:
    @pytest.mark.line("AJ-130", "AJ-131", "RQ-074")
    def test_elsewhere_it_waits_for_the_commit(self, queue: TestAdapter) -> None:
        with transaction.atomic():
            job = HelloJob.perform_later()
            assert isinstance(job, HelloJob)
            assert job.successfully_enqueued is None
            assert queue.enqueued == []
        assert len(queue.enqueued) == 1
        assert job.successfully_enqueued is True

    @pytest.mark.line("AJ-134")
    def test_its_callbacks_run_only_then(self, queue: TestAdapter) -> None:
        class NotingJob(HelloJob):
            @before_enqueue
            def note(self) -> None:
                buffer.add("enqueuing")

        with transaction.atomic():
            NotingJob.perform_later()
            assert buffer.lines() == []
        assert buffer.lines() == ["enqueuing"]

    def test_a_rollback_drops_the_job(self, queue: TestAdapter) -> None:
        enqueue_and_roll_back()
        assert queue.enqueued == []

    @pytest.mark.line("RQ-077")
    def test_so_does_the_rollback_of_its_savepoint(self, queue: TestAdapter) -> None:
        with transaction.atomic():
            enqueue_and_roll_back()
            HelloJob.perform_later("outer")
        assert [e.payload["arguments"] for e in queue.enqueued] == [["outer"]]

    @pytest.mark.line("RQ-072")
    def test_in_the_adapter_s_own_transaction_it_does_not_wait(self, same: TestAdapter) -> None:
        with transaction.atomic():
            HelloJob.perform_later()
            assert len(same.enqueued) == 1

    @pytest.mark.django_db(transaction=True, databases=["default", "postgres"])
    @pytest.mark.needs("postgres")
    def test_with_several_open_it_waits_for_all(self, same: TestAdapter) -> None:
        with transaction.atomic(using="default"):
            with transaction.atomic(using="postgres"):
                HelloJob.perform_later()
                assert same.enqueued == []
            assert same.enqueued == []
        assert len(same.enqueued) == 1

    @pytest.mark.line("AJ-135", "AJ-136")
    def test_many_jobs_wait_together(self, queue: TestAdapter) -> None:
        class EagerJob(HelloJob):
            enqueue_after_transaction_commit = False

        with transaction.atomic():
            perform_all_later(HelloJob("a"), EagerJob("b"), HelloJob("c"))
            assert [e.payload["arguments"] for e in queue.enqueued] == [["b"]]
        assert [e.payload["arguments"] for e in queue.enqueued] == [["b"], ["a"], ["c"]]


@pytest.mark.django_db(transaction=True)
class TestAfterAllTransactions:
    """One after the other, with the policy that always waits."""

    @pytest.fixture(autouse=True)
    def _always_wait(self, same: TestAdapter, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(HelloJob, "enqueue_after_transaction_commit", True)

    @pytest.mark.needs("postgres")
    @pytest.mark.django_db(transaction=True, databases=["default", "postgres"])
    @pytest.mark.line("EX-024")
    def test_none_means_now_and_all_others_the_commit_of_the_outermost(
        self, same: TestAdapter
    ) -> None:
        HelloJob.perform_later("now")
        assert _names(same) == ["now"]
        with transaction.atomic():
            with transaction.atomic():
                HelloJob.perform_later("nested")
            assert _names(same) == ["now"]
        assert _names(same) == ["now", "nested"]
        enqueue_and_roll_back()
        assert _names(same) == ["now", "nested"]
        with transaction.atomic(using="postgres"), transaction.atomic():
            HelloJob.perform_later("several")
            assert _names(same) == ["now", "nested"]
        assert _names(same) == ["now", "nested", "several"]


def _names(adapter: TestAdapter) -> list[str]:
    return [envelope.payload["arguments"][0] for envelope in adapter.enqueued]


@pytest.mark.django_db(transaction=True)
class TestPolicies:
    def test_true_waits_even_in_the_adapter_s_own_transaction(
        self, same: TestAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(HelloJob, "enqueue_after_transaction_commit", True)
        with transaction.atomic():
            HelloJob.perform_later()
            assert same.enqueued == []
        assert len(same.enqueued) == 1

    @pytest.mark.line("EX-012")
    def test_a_class_that_was_loaded_with_all_others_may_say_so(self, queue: TestAdapter) -> None:
        class EagerJob(HelloJob):
            enqueue_after_transaction_commit = False

        discovery.discover()
        with transaction.atomic():
            EagerJob.perform_later()
            assert len(queue.enqueued) == 1

    @pytest.mark.line("AJ-137", "AJ-139")
    def test_false_never_waits(self, queue: TestAdapter, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(HelloJob, "enqueue_after_transaction_commit", False)
        with transaction.atomic():
            HelloJob.perform_later()
            assert len(queue.enqueued) == 1


class BrokenAdapter(TestAdapter):
    error: Exception = EnqueueError("no room")

    @override
    def enqueue(self, envelope: Envelope) -> None:
        raise self.error


@pytest.mark.django_db(transaction=True)
class TestFailuresAfterTheCommit:
    @pytest.mark.line("AJ-133")
    def test_a_refusal_corrects_the_flag(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(HelloJob, "queue_adapter", BrokenAdapter())
        job = HelloJob()
        with transaction.atomic():
            job.enqueue()
        assert job.successfully_enqueued is False
        assert str(job.enqueue_error) == "no room"

    @pytest.mark.line("RQ-076")
    @pytest.mark.parametrize("many", [False, True])
    def test_a_store_that_is_down_is_logged_and_hurts_nobody_else(
        self, many: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        adapter = BrokenAdapter()
        adapter.error = AdapterUnavailable("no connection")
        monkeypatch.setattr(HelloJob, "queue_adapter", adapter)
        job, ran = HelloJob(), []
        with caplog.at_level(logging.ERROR), transaction.atomic():
            perform_all_later(job) if many else job.enqueue()
            transaction.on_commit(lambda: ran.append(True))
        assert ran == [True]
        assert isinstance(job.enqueue_error, EnqueueError)
        assert isinstance(job.enqueue_error.__cause__, AdapterUnavailable)
        assert "could not be enqueued after the commit" in caplog.text


class TestInsideDjangosTestCase(TestCase):
    @pytest.mark.line("RQ-079")
    def test_the_transaction_around_a_test_does_not_count(self) -> None:
        assert open_transactions() == []
        with transaction.atomic():
            assert open_transactions() == ["default"]
