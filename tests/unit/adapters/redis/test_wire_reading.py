from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from django_activejob.adapters.redis.wire import errors, moments, reading, text, writing
from django_activejob.adapters.redis.wire.dialect import NEW_WRAPPER, OLD_WRAPPER, Dialect
from django_activejob.contracts import Envelope, ErrorRecord, Limit, Throttle, Unique
from django_activejob.errors import MalformedPayload
from django_activejob.testing.contracts.furniture import envelope, later, payload
from tests.unit.adapters.redis.furniture import NOW, OUT_OF_STOCK, SEVEN, fields, raw

FULL = Envelope(
    payload=payload(42, queue_name="reports", priority=7, attributes={"tenant": "a"}),
    queue_name="reports",
    priority=8,
    scheduled_at=datetime(2030, 1, 1, tzinfo=UTC),
    limit=Limit(key="shop.ReportJob/1", to=2, duration=180.0, on_conflict="discard"),
    throttle=Throttle(key="shop.ReportJob", to=10, per=60.0),
    unique=Unique(key="u", seconds=60.0, until="finish"),
    batch_id="b1",
    recurring_key="nightly",
    on_crash="fail",
    keep_result=True,
    extra={"tags": ["a"], "retry": 3, "cattr": {"tenant": 1}},
)


def there_and_back(sent: Envelope, dialect: Dialect = SEVEN) -> Envelope:
    string = writing.ready(writing.fields_of(sent, jid="a1b2", at=NOW, dialect=dialect))
    return reading.envelope_of(text.decoded(string), dialect=dialect)


def as_claimed(sent: Envelope) -> Envelope:
    body: Any = {**sent.payload, "provider_job_id": "a1b2"}
    return Envelope(
        **{name: getattr(sent, name) for name in Envelope.__slots__} | {"payload": body}
    )


class TestEnvelopes:
    def test_none_of_the_fields_is_forgotten_here(self) -> None:
        plain = envelope(1)

        same = {name for name in Envelope.__slots__ if getattr(FULL, name) == getattr(plain, name)}

        assert same == set()

    @pytest.mark.parametrize(
        "sent", [FULL, envelope(1), envelope(1, scheduled_at=later())], ids=["full", "bare", "due"]
    )
    def test_every_field_comes_back(self, sent: Envelope) -> None:
        assert there_and_back(sent) == as_claimed(sent)

    @pytest.mark.parametrize("default", [0, 5, True])
    @pytest.mark.parametrize("said", [{}, {"retry": 0}, {"retry": 5}, {"retry": True}])
    def test_what_a_job_says_about_retries_survives_any_default(
        self, said: dict[str, Any], default: int | bool
    ) -> None:
        dialect = Dialect(retry=default)

        once = there_and_back(envelope(extra=said), dialect)
        again = writing.fields_of(once, jid="c3", at=NOW, dialect=dialect)

        assert again["retry"] is said.get("retry", default)

    @pytest.mark.parametrize("wrapper", [OLD_WRAPPER, NEW_WRAPPER])
    def test_either_wrapper_is_taken_off(self, wrapper: str) -> None:
        found = reading.envelope_of({**fields(1), "class": wrapper}, dialect=SEVEN)

        assert found.payload["job_class"] == "shop.ReportJob"
        assert "raw" not in found.payload

    def test_what_ruby_can_run_we_can_read(self) -> None:
        least = {"job_class": "X", "job_id": "1", "arguments": []}

        found = reading.envelope_of({"class": OLD_WRAPPER, "args": [least]}, dialect=SEVEN)

        assert found.queue_name == "default"
        assert (found.payload["executions"], found.payload["exception_executions"]) == (0, {})
        assert found.payload["provider_job_id"] is None

    def test_the_fields_are_left_as_they_were(self) -> None:
        least: Any = {"job_class": "X", "job_id": "1", "arguments": []}

        reading.envelope_of({"class": OLD_WRAPPER, "args": [least], "jid": "a"}, dialect=SEVEN)

        assert least == {"job_class": "X", "job_id": "1", "arguments": []}

    @pytest.mark.parametrize(
        "args",
        [[], ["text"], [{}], [{"job_class": "X", "job_id": 1, "arguments": []}]],
    )
    def test_a_wrapper_around_nothing_is_malformed(self, args: list[Any]) -> None:
        with pytest.raises(MalformedPayload, match=r"X \(a1b2\): its args hold no Active Job"):
            reading.envelope_of(
                {"class": OLD_WRAPPER, "wrapped": "X", "jid": "a1b2", "args": args}, dialect=SEVEN
            )

    def test_a_field_of_ours_that_is_not_ours_is_malformed(self) -> None:
        with pytest.raises(MalformedPayload, match="aj_ is not ours"):
            reading.envelope_of({**fields(1), "aj_limit": {"colour": "red"}}, dialect=SEVEN)

    def test_fields_of_a_newer_version_do_no_harm(self) -> None:
        newer = {**fields(1), "aj_colour": "red"}

        assert reading.envelope_of(newer, dialect=SEVEN).extra == {}


class TestRawJobs:
    def test_they_become_payloads(self) -> None:
        found = reading.envelope_of(raw(1, {"a": None}, tags=["x"]), dialect=SEVEN)

        assert found.payload["job_class"] == "HardWorker"
        assert found.payload["job_id"] == found.payload["provider_job_id"] == "a1b2"
        assert found.payload["arguments"] == [1, {"a": None}]
        assert found.payload["enqueued_at"] == "2026-11-21T23:59:52.625000000Z"
        assert found.payload["raw"] is True
        assert found.extra == {"retry": True, "tags": ["x"]}

    def test_their_counters_live_through_a_retry(self) -> None:
        first = reading.envelope_of(raw(1), dialect=SEVEN)
        counted: Any = {**first.payload, "executions": 2, "exception_executions": {"[E]": 2}}
        again = Envelope(payload=counted, queue_name="default", extra=first.extra)

        found = there_and_back(again)

        assert found.payload["executions"] == 2
        assert found.payload["exception_executions"] == {"[E]": 2}
        assert found.payload["job_id"] == "a1b2"


class TestMoments:
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [(NOW, NOW), (1_795_305_592_625, NOW), (1_795_305_592, 1_795_305_592.0), (0, 0.0)],
    )
    def test_either_form_is_read(self, value: float, seconds: float) -> None:
        assert moments.seconds_in(value) == seconds

    @pytest.mark.parametrize("value", [None, True, "1795305592.6", [], float("inf"), 1e300])
    def test_what_is_no_moment_is_none(self, value: Any) -> None:
        assert moments.moment_in(value) is None

    def test_one_job_may_have_both(self) -> None:
        mixed = raw(created_at=NOW, failed_at=1_795_305_593_625)

        assert reading.enqueued_at(mixed) == datetime.fromtimestamp(NOW, UTC)
        assert reading.failed_at(mixed) == datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=1)


class TestFacts:
    def test_a_queue_has_to_have_a_name(self) -> None:
        assert [reading.queue_of(raw(queue=name)) for name in ("low", "", None, 7)] == [
            "low",
            "default",
            "default",
            "default",
        ]

    def test_a_wrapped_job_is_called_by_its_own_name(self) -> None:
        assert reading.job_class_of(fields()) == "shop.ReportJob"
        assert reading.job_class_of(raw()) == "HardWorker"

    def test_failures_are_counted_from_the_first(self) -> None:
        counts = [reading.failures_of(raw(retry_count=count)) for count in (0, 3, -1, None)]

        assert counts == [1, 4, 0, 0]
        assert reading.failures_of(raw()) == 0


class TestErrors:
    def test_they_come_back(self) -> None:
        assert errors.read({**raw(), **errors.written(OUT_OF_STOCK)}) == OUT_OF_STOCK

    def test_where_there_is_none_there_is_none(self) -> None:
        assert errors.read(raw()) is None

    def test_that_of_the_last_execution_is_told_too(self) -> None:
        again = writing.fields_of(
            envelope(), jid="c3", at=NOW, dialect=SEVEN, last_error=OUT_OF_STOCK
        )

        assert errors.read(again) == ErrorRecord(
            class_name="shop.errors.OutOfStock", message="no more"
        )

    def test_a_job_may_ask_for_the_latest_lines_alone(self) -> None:
        written = errors.written(OUT_OF_STOCK, lines=2)

        assert errors.backtrace_in(written["error_backtrace"]) == ["line 2", "line 3"]
        assert "error_backtrace" not in errors.written(OUT_OF_STOCK, lines=0)

    def test_a_message_is_cut_and_made_sound(self) -> None:
        written = errors.written(ErrorRecord(class_name="E\ud800", message="\ud800" + "x" * 20_000))

        assert written["error_class"] == "E?"
        assert len(written["error_message"]) == 10_000

    @pytest.mark.parametrize("text", [None, 7, "?", "bm90IHpsaWI=", "eJwDAAAAAAE=", {}])
    def test_a_backtrace_that_cannot_be_read_is_none(self, text: Any) -> None:
        assert errors.backtrace_in(text) == []

    def test_a_backtrace_that_would_fill_the_memory_is_not_inflated(self) -> None:
        bomb = errors.compressed(["x" * 50_000_000])

        assert errors.backtrace_in(bomb) == []
