"""How jobs come in."""

from __future__ import annotations

import pytest

from django_activejob.contracts import Envelope, Limit, QueueAdapter, Unique
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    first_argument,
    later,
    payload,
    run_chore,
    unpacked,
)

MEGABYTE = 1024 * 1024


class EnqueueContract:
    """What every storing adapter promises about ``enqueue`` and ``enqueue_all``."""

    def test_a_claim_gives_every_field_of_the_envelope_back(self, adapter: QueueAdapter) -> None:
        sent = Envelope(
            payload=payload(42, queue_name="reports", priority=7, attributes={"tenant": "a"}),
            queue_name="reports",
            priority=7,
            limit=Limit(key="shop.ReportJob/1", to=2, duration=180.0, on_conflict="discard"),
            unique=Unique(key="u", seconds=60.0, until="finish"),
            batch_id="b1",
            recurring_key="nightly",
            on_crash="fail",
            keep_result=True,
            extra={"tags": ["a"], "backtrace": False},
        )
        id = adapter.enqueue(sent)
        received = unpacked(Worker(adapter).claim_one())
        assert received.payload == {**sent.payload, "provider_job_id": id}
        for field in ("queue_name", "priority", "limit", "unique", "batch_id", "recurring_key"):
            assert getattr(received, field) == getattr(sent, field)
        assert (received.on_crash, received.keep_result) == ("fail", True)
        assert received.extra == sent.extra

    def test_defaults_come_back_as_defaults(self, adapter: QueueAdapter) -> None:
        sent = envelope(1)
        id = adapter.enqueue(sent)
        received = unpacked(Worker(adapter).claim_one())
        assert received == Envelope(
            payload={**sent.payload, "provider_job_id": id}, queue_name="default"
        )

    @pytest.mark.line("AJ-329")
    def test_the_time_of_a_scheduled_job_comes_back(self, adapter: QueueAdapter) -> None:
        due = later(-60)
        adapter.enqueue(envelope(1, scheduled_at=due))
        received = unpacked(Worker(adapter).claim_one()).scheduled_at
        assert received is not None
        assert abs((received - due).total_seconds()) < 0.001

    @pytest.mark.line("RQ-093", "RQ-094")
    @pytest.mark.parametrize(
        "text",
        [
            "a\0b",
            "\0",
            "😀 👩‍👩‍👧",
            "𝔘𝔫𝔦",
            "שלום e\u0301",
            "\ud800",
            '"\\/\b\f\n\r\t',
            "\x7f\x80\xff",
        ],
        ids=ascii,
    )
    def test_any_text_comes_back_as_it_was(self, adapter: QueueAdapter, text: str) -> None:
        adapter.enqueue(envelope(text))
        assert first_argument(Worker(adapter).claim_one()) == text

    @pytest.mark.line("RQ-095")
    def test_ten_megabytes_come_back(self, adapter: QueueAdapter) -> None:
        text = "x" * (10 * MEGABYTE)
        adapter.enqueue(envelope(text))
        assert first_argument(Worker(adapter).claim_one()) == text

    @pytest.mark.parametrize("name", ["Bücher", "a/b.c d%s?", "😀", "-", "q" * 200])
    @pytest.mark.line("RQ-181")
    def test_queue_names_may_hold_any_character(self, adapter: QueueAdapter, name: str) -> None:
        adapter.enqueue(envelope(1, queue_name=name))
        assert unpacked(Worker(adapter).claim_one(name)).queue_name == name

    @pytest.mark.line("AJ-328")
    def test_ids_differ(self, adapter: QueueAdapter) -> None:
        ids = [adapter.enqueue(envelope(number)) for number in range(3)]
        assert len({*ids, None}) == 4

    @pytest.mark.line("RQ-086")
    def test_one_job_may_be_enqueued_twice(self, adapter: QueueAdapter) -> None:
        same = envelope(1)
        assert adapter.enqueue(same) != adapter.enqueue(same)
        assert len(Worker(adapter).claim()) == 2

    @pytest.mark.line("RQ-148")
    def test_a_job_of_the_past_is_due_at_once(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("late", scheduled_at=later(-86_400 * 400)))
        run_chore(adapter, "dispatch")
        assert arguments(Worker(adapter).claim()) == ["late"]

    @pytest.mark.line("AJ-325")
    def test_a_job_of_the_future_is_not_claimed(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("early", scheduled_at=later()))
        run_chore(adapter, "dispatch")
        assert Worker(adapter).claim() == []

    def test_bulk_receipts_are_in_the_order_of_the_jobs(self, adapter: QueueAdapter) -> None:
        receipts = adapter.enqueue_all([envelope(number) for number in range(5)])
        by_id = {
            unpacked(claim).payload["provider_job_id"]: first_argument(claim)
            for claim in Worker(adapter).claim()
        }
        assert [by_id[receipt.provider_job_id] for receipt in receipts] == [0, 1, 2, 3, 4]

    def test_nothing_in_bulk_is_nothing(self, adapter: QueueAdapter) -> None:
        assert adapter.enqueue_all([]) == []

    @pytest.mark.line("RQ-080")
    def test_thousands_in_bulk_all_arrive(self, adapter: QueueAdapter) -> None:
        receipts = adapter.enqueue_all([envelope(number) for number in range(2_500)])
        assert len({receipt.provider_job_id for receipt in receipts}) == 2_500
        assert arguments(Worker(adapter).claim(limit=3_000)) == list(range(2_500))

    @pytest.mark.line("RQ-081")
    @pytest.mark.line("AJ-327")
    def test_bulk_keeps_due_and_scheduled_jobs_apart(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all(
            [envelope("now"), envelope("later", scheduled_at=later()), envelope("also now")]
        )
        assert arguments(Worker(adapter).claim()) == ["now", "also now"]
