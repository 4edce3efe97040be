"""What executions come to, summed up in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from django_activejob.contracts import Claim, ErrorRecord, Execution, Outcome, Settlement
from django_activejob.contracts.tallies import bucket_of, merged
from django_activejob.runtime.tallying import Tallying

from .fakes import claim, payload

ENQUEUED = datetime(2026, 8, 22, 17, 6, 1, 123456, tzinfo=UTC)  # as the payload says


def execution(
    outcome: Outcome = Outcome.PERFORMED, *, wait: float = 2.0, **changes: object
) -> Execution:
    started_at = ENQUEUED + timedelta(seconds=wait)
    facts = {"outcome": outcome, "started_at": started_at, "seconds": 0.25}
    return Execution(**{**facts, **changes})  # type: ignore[arg-type]


def ended(one: Execution | None, of: Claim | None = None) -> Settlement:
    return Settlement(claim=of or claim(), execution=one)


class TestTallying:
    def test_sums_by_minute_class_and_queue(self) -> None:
        tallying = Tallying()
        late = execution(wait=120.0)

        tallying.note([ended(execution()), ended(execution()), ended(late)])

        first, second = tallying.take()
        assert (first.job_class, first.queue, first.performed) == ("shop.ReportJob", "default", 2)
        assert second.began - first.began == 120
        assert first.began == ENQUEUED.replace(second=0, microsecond=0).timestamp()

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_each_outcome_has_a_count(self, outcome: Outcome) -> None:
        tallying = Tallying()

        tallying.note([ended(execution(outcome))])

        [tally] = tallying.take()
        assert (getattr(tally, outcome.value), tally.executions) == (1, 1)

    def test_measures_the_run_and_the_wait(self) -> None:
        tallying = Tallying()

        tallying.note([ended(execution(wait=2.0)), ended(execution(wait=4.0, seconds=1.5))])

        [tally] = tallying.take()
        assert (tally.run.least, tally.run.most, tally.run.total) == (0.25, 1.5, 1.75)
        assert (tally.wait.least, tally.wait.most) == (2.0, 4.0)
        assert tally.run.buckets[bucket_of(0.25)] == 1

    def test_waits_from_when_a_job_was_due(self) -> None:
        scheduled = claim()
        assert scheduled.envelope is not None
        due = ENQUEUED + timedelta(hours=1)
        scheduled = replace(scheduled, envelope=replace(scheduled.envelope, scheduled_at=due))
        tallying = Tallying()

        tallying.note([ended(execution(wait=3601.0), scheduled)])

        [tally] = tallying.take()
        assert tally.wait.total == 1.0

    @pytest.mark.parametrize("text", [None, "yesterday", "2026-08-22T17:06:01", 7])
    def test_knows_no_wait_where_the_payload_tells_no_time(self, text: object) -> None:
        unknown = claim()
        assert unknown.envelope is not None
        body = {**payload(), "enqueued_at": text}
        unknown = replace(unknown, envelope=replace(unknown.envelope, payload=body))  # type: ignore[arg-type]
        tallying = Tallying()

        tallying.note([ended(execution(), unknown)])

        [tally] = tallying.take()
        assert (tally.wait.number, tally.run.number) == (0, 1)

    def test_clocks_that_disagree_give_no_negative_wait(self) -> None:
        tallying = Tallying()

        tallying.note([ended(execution(wait=-5.0))])

        [tally] = tallying.take()
        assert (tally.wait.least, tally.wait.number) == (0.0, 1)

    def test_counts_final_failures_by_their_errors(self) -> None:
        error = ErrorRecord(class_name="shop.OutOfStock", message="none left")
        tallying = Tallying()

        tallying.note(
            [
                ended(execution(Outcome.FAILED, error=error)),
                ended(execution(Outcome.RETRIED, error=error)),
            ]
        )

        [tally] = tallying.take()
        assert dict(tally.failures) == {"shop.OutOfStock": 1}

    def test_what_was_given_back_does_not_count(self) -> None:
        tallying = Tallying()

        tallying.note([ended(None), ended(execution(), Claim(token="1:1", envelope=None))])

        assert not tallying.has_any()

    def test_taking_begins_anew(self) -> None:
        tallying = Tallying()
        tallying.note([ended(execution())])

        taken = tallying.take()

        assert len(taken) == 1
        assert tallying.take() == []

    def test_what_comes_back_is_added_to_what_came_meanwhile(self) -> None:
        tallying = Tallying()
        error = ErrorRecord(class_name="ValueError", message="")
        failed = ended(execution(Outcome.FAILED, error=error, seconds=3.0))
        tallying.note([failed])
        taken = tallying.take()
        tallying.note([failed, ended(execution())])

        tallying.give_back(taken)

        [tally] = tallying.take()
        assert (tally.failed, tally.performed, dict(tally.failures)) == (2, 1, {"ValueError": 2})
        assert (tally.run.number, tally.run.least, tally.run.most) == (3, 0.25, 3.0)

    def test_countless_names_do_not_fill_the_memory(self) -> None:
        tallying = Tallying()

        for number in range(1_500):
            strange = claim()
            assert strange.envelope is not None
            envelope = replace(strange.envelope, payload=payload(f"a.Job{number}"))
            tallying.note([ended(execution(), replace(strange, envelope=envelope))])

        taken = tallying.take()
        assert len(taken) <= 1_001
        assert sum(tally.performed for tally in taken) == 1_500


class TestMerged:
    def test_nothing_gives_nothing(self) -> None:
        assert merged([]).number == 0
