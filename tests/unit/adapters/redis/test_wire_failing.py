from __future__ import annotations

import json
from typing import Any

import pytest

from django_activejob.adapters.redis.wire import errors, failing, moving, reading
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.adapters.redis.wire.failing import Fate
from django_activejob.testing.contracts.furniture import payload
from tests.unit.adapters.redis.furniture import EIGHT, NO_JITTER, NOW, OUT_OF_STOCK, SEVEN, raw
from tests.unit.adapters.redis.furniture import fields as wrapped


def fate(fields: dict[str, Any], *, at: float = NOW, dialect: Dialect = SEVEN) -> Fate:
    return failing.fate_of(fields, OUT_OF_STOCK, at=at, dialect=dialect, jitter=NO_JITTER)


class TestFates:
    def test_our_own_jobs_die_at_the_first_failure(self) -> None:
        assert fate(wrapped(1)).kind == "dead"

    @pytest.mark.parametrize(
        ("retry", "count", "kind"),
        [
            (True, None, "retry"),
            (True, 23, "retry"),
            (True, 24, "dead"),
            (2, 0, "retry"),
            (2, 1, "dead"),
            (0, None, "dead"),
            (1, -1, "retry"),
            (None, None, "dead"),
            ("often", None, "dead"),
        ],
    )
    def test_a_job_is_performed_again_as_often_as_it_says(
        self, retry: Any, count: int | None, kind: str
    ) -> None:
        said = {} if count is None else {"retry_count": count, "failed_at": NOW}

        assert fate(raw(retry=retry, **said)).kind == kind

    def test_where_sidekiq_would_lose_a_job_it_is_kept(self) -> None:
        assert fate(raw(retry=False)).kind == "dead"

    def test_only_a_job_that_says_so_is_dropped(self) -> None:
        assert fate(raw(retry=0, dead=False)).kind == "dropped"
        assert fate(raw(retry=1, dead=False)).kind == "retry"

    def test_a_job_that_says_nothing_gets_what_the_adapter_gives(self) -> None:
        silent = raw()
        del silent["retry"]

        assert fate(silent, dialect=Dialect(retry=1)).kind == "retry"
        assert fate(silent).kind == "dead"

    def test_a_job_may_be_retried_for_a_while_instead(self) -> None:
        lasting = raw(retry_for=100, retry_count=40, failed_at=NOW)

        assert fate(lasting, at=NOW + 99).kind == "retry"
        assert fate(lasting, at=NOW + 101).kind == "dead"

    def test_the_first_failure_is_noted(self) -> None:
        failed = json.loads(fate(raw(retry=5)).text)

        assert (failed["retry_count"], failed["failed_at"]) == (0, NOW)
        assert "retried_at" not in failed
        assert errors.read(failed) == OUT_OF_STOCK

    def test_further_failures_are_counted(self) -> None:
        failed = json.loads(fate(raw(retry_count=0, failed_at=NOW - 60)).text)

        assert (failed["retry_count"], failed["retried_at"]) == (1, NOW)
        assert failed["failed_at"] == NOW - 60

    def test_a_count_without_a_time_gets_one(self) -> None:
        # Sidekiq's pages show a retried job only when it says when it failed first.
        failed = json.loads(fate(raw(retry_count=0)).text)

        assert (failed["failed_at"], failed["retried_at"]) == (NOW, NOW)

    def test_the_times_are_those_of_the_dialect(self) -> None:
        assert json.loads(fate(raw(), dialect=EIGHT).text)["failed_at"] == 1_795_305_592_625

    def test_a_retry_may_have_a_queue_of_its_own(self) -> None:
        assert json.loads(fate(raw(retry_queue="low")).text)["queue"] == "low"

    def test_what_we_do_not_know_comes_along(self) -> None:
        failed = json.loads(fate(raw(custom={"level": [1, {}]}, bid="b")).text)

        assert (failed["custom"], failed["bid"]) == ({"level": [1, {}]}, "b")

    @pytest.mark.parametrize(("count", "wait"), [(0, 15), (1, 16), (2, 31), (10, 10_015)])
    def test_the_wait_is_sidekiqs(self, count: int, wait: int) -> None:
        assert failing.pause_after(count, jitter=NO_JITTER) == wait
        assert wait <= failing.pause_after(count) < wait + 10 * (count + 1)

    def test_the_score_is_the_next_execution_or_the_death(self) -> None:
        assert fate(raw(retry_count=0, failed_at=NOW)).score == NOW + 16
        assert fate(raw(retry=0)).score == NOW


class TestDeaths:
    def test_a_job_may_die_whatever_its_retries_say(self) -> None:
        end = failing.dead(raw(retry=True), OUT_OF_STOCK, at=NOW, dialect=SEVEN)

        assert end.kind == "dead"
        assert errors.read(json.loads(end.text)) == OUT_OF_STOCK


class TestRetriesByTheClass:
    def again(self, executions: int) -> dict[str, Any]:
        counted: Any = {**payload(1), "executions": executions}
        new = wrapped(payload=counted, extra={"retry": 1})
        return json.loads(failing.retried(new, OUT_OF_STOCK, at=NOW, dialect=SEVEN))

    def test_they_are_shown_with_their_error(self) -> None:
        first, third = self.again(1), self.again(3)

        assert errors.read(first) == OUT_OF_STOCK
        assert (first["retry_count"], first["failed_at"]) == (0, NOW)
        assert (third["retry_count"], third["retried_at"]) == (2, NOW)

    def test_they_leave_sidekiqs_retries_as_they_were(self) -> None:
        again = self.again(3)

        first_failure = fate(again)
        second_failure = fate(json.loads(first_failure.text))

        assert reading.failures_of(again) == 0
        assert (first_failure.kind, second_failure.kind) == ("retry", "dead")
        assert reading.failures_of(json.loads(first_failure.text)) == 1

    def test_they_carry_nothing_of_it_into_the_next_retry(self) -> None:
        assert reading.envelope_of(self.again(3), dialect=SEVEN).extra == {"retry": 1}


class TestCrashes:
    def test_they_are_counted_apart_from_failures(self) -> None:
        back = json.loads(failing.crashed(raw(), OUT_OF_STOCK, crashes=2, at=NOW, dialect=SEVEN))

        assert reading.crashes_of(back) == 2
        assert reading.failures_of(back) == 0
        assert back["failed_at"] == NOW
        assert json.loads(fate(back).text)["retry_count"] == 0

    def test_the_failures_that_were_counted_stay(self) -> None:
        failed = raw(retry_count=3, failed_at=NOW - 60, retried_at=NOW - 30)

        back = json.loads(failing.crashed(failed, OUT_OF_STOCK, crashes=1, at=NOW, dialect=SEVEN))

        assert (back["retry_count"], back["failed_at"]) == (3, NOW - 60)


class TestMoves:
    def test_a_job_that_is_due_says_since_when_it_waits(self) -> None:
        move = moving.dispatched(wrapped(1, queue_name="low"), at=NOW + 5, dialect=SEVEN)

        assert move.queue == "low"
        assert json.loads(move.text) == {**wrapped(1, queue_name="low"), **json.loads(move.text)}
        assert json.loads(move.text)["enqueued_at"] == NOW + 5

    def test_a_job_that_is_given_another_chance_forgets_what_was(self) -> None:
        tried = wrapped(1, payload={**wrapped(1)["args"][0], "executions": 4})
        failed = json.loads(fate({**tried, "aj_crashes": 2, "tags": ["x"]}).text)

        move = moving.revived(failed, at=NOW, dialect=SEVEN)

        fresh = json.loads(move.text)
        assert fresh["args"][0]["executions"] == 0
        assert errors.read(fresh) is None
        assert reading.crashes_of(fresh) == 0
        assert not errors.FIELDS & set(fresh)
        assert (fresh["tags"], fresh["jid"]) == (["x"], "a1b2")

    def test_so_does_one_of_sidekiqs_own(self) -> None:
        failed = raw(1, retry_count=3, aj_payload={"executions": 3, "locale": "de"})

        fresh = json.loads(moving.revived(failed, at=NOW, dialect=SEVEN).text)

        assert fresh["args"] == [1]
        assert fresh["aj_payload"] == {
            "executions": 0,
            "exception_executions": {},
            "locale": "de",
        }
