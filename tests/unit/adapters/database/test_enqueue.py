from __future__ import annotations

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Job
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions import enqueue_all as bulk
from django_activejob.contracts import Envelope
from django_activejob.errors import EnqueueError
from django_activejob.testing.contracts.furniture import envelope, payload

MISFITS = [
    pytest.param(envelope(1, queue_name="q" * 256), "queue name", id="long queue"),
    pytest.param(envelope(1, queue_name="a\0"), "queue name", id="NUL in queue"),
    pytest.param(envelope(1, queue_name=""), "queue name", id="empty queue"),
    pytest.param(envelope(payload=payload(job_class="c" * 256)), "job class", id="long class"),
    pytest.param(envelope(payload=payload(job_id="\ud800")), "job id", id="half a character"),
    pytest.param(envelope(1, priority=2**31), "priority", id="priority"),
]


class TestMisfits:
    @pytest.mark.parametrize(("misfit", "words"), MISFITS)
    def test_what_does_not_fit_is_refused_with_the_reason(
        self, adapter: DatabaseAdapter, misfit: Envelope, words: str
    ) -> None:
        with pytest.raises(EnqueueError, match=rf"\(.*\): the {words} .*; use"):
            adapter.enqueue(misfit)

    @pytest.mark.line("RQ-078")
    @pytest.mark.parametrize(("misfit", "words"), MISFITS[:2])
    def test_a_refusal_leaves_the_transaction_of_the_caller_usable(
        self, adapter: DatabaseAdapter, alias: str, misfit: Envelope, words: str
    ) -> None:
        with transaction.atomic(using=alias):
            with pytest.raises(EnqueueError, match=words):
                adapter.enqueue(misfit)
            adapter.enqueue(envelope(1))
        assert Job.objects.using(alias).count() == 1

    def test_in_bulk_only_the_misfit_is_refused(self, adapter: DatabaseAdapter, alias: str) -> None:
        receipts = adapter.enqueue_all(
            [envelope(1), envelope(2, queue_name="q" * 256), envelope(3)]
        )
        assert [receipt.error is None for receipt in receipts] == [True, False, True]
        assert Job.objects.using(alias).count() == 2


class TestStatements:
    def test_one_job_is_one_statement(self, adapter: DatabaseAdapter, alias: str) -> None:
        store = Store(alias)
        with CaptureQueriesContext(store.connection) as queries:
            adapter.enqueue(envelope(1))
        assert len(queries) == 1

    def test_dozens_of_jobs_are_one_statement(self, adapter: DatabaseAdapter, alias: str) -> None:
        store = Store(alias)
        with CaptureQueriesContext(store.connection) as queries:
            adapter.enqueue_all([envelope(number) for number in range(90)])
        assert len(queries) == 1

    @pytest.mark.line("RQ-080")
    def test_what_fails_midway_leaves_nothing(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bulk, "ROWS_AT_ONCE", 2)
        broken = envelope(payload=payload(executions=2**80))
        with pytest.raises(Exception, match=r".+"):
            adapter.enqueue_all([envelope(1), envelope(2), envelope(3), broken])
        assert Job.objects.using(alias).count() == 0
