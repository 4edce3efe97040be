from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from django_activejob.adapters.redis.wire import text, writing
from django_activejob.adapters.redis.wire.dialect import OLD_WRAPPER, Dialect
from django_activejob.errors import EnqueueError
from django_activejob.testing.contracts.furniture import envelope, payload
from tests.unit.adapters.redis.furniture import EIGHT, NOW, OUT_OF_STOCK, SEVEN, fields


class TestReadyStrings:
    def test_they_have_every_field_that_sidekiq_wants(self) -> None:
        body = payload(42, "é", queue_name="low")
        sent = envelope(payload=body, queue_name="low")

        string = writing.ready(writing.fields_of(sent, jid="a1b2", at=NOW, dialect=SEVEN))

        assert json.loads(string) == {
            "retry": 0,
            "queue": "low",
            "class": OLD_WRAPPER,
            "wrapped": "shop.ReportJob",
            "args": [body],
            "jid": "a1b2",
            "created_at": NOW,
            "enqueued_at": NOW,
        }

    def test_they_are_written_as_ruby_writes(self) -> None:
        string = writing.ready(fields("é世\u2028", [], {}))

        assert "é世\u2028".encode() in string
        assert b'"arguments":["' in string
        assert b": " not in string
        assert b"[],{}]" in string

    def test_half_of_a_surrogate_pair_comes_through(self) -> None:
        string = writing.ready(fields("\ud800"))

        assert json.loads(string)["args"][0]["arguments"] == ["\ud800"]

    def test_a_number_that_json_has_not_is_refused(self) -> None:
        with pytest.raises(EnqueueError, match=r"shop\.ReportJob: .* number that JSON has not"):
            writing.ready(fields(float("nan")))

    def test_seconds_always_have_a_decimal_point(self) -> None:
        assert b'"created_at":1795305592.0,' in writing.ready(fields(at=1_795_305_592))

    def test_version_8_counts_milliseconds(self) -> None:
        string = writing.ready(fields(at=1_795_305_369.842, dialect=EIGHT))

        assert b'"created_at":1795305369842,"enqueued_at":1795305369842}' in string

    def test_a_job_says_itself_how_often_it_is_retried(self) -> None:
        assert fields(dialect=Dialect(retry=5))["retry"] == 5
        assert fields(dialect=Dialect(retry=5), extra={"retry": 2})["retry"] == 2

    def test_what_is_extra_stands_beside_but_never_in_place_of_the_job(self) -> None:
        found = fields(extra={"tags": ["a"], "class": "Evil", "args": [], "queue": "other"})

        assert found["tags"] == ["a"]
        assert (found["class"], found["queue"]) == (OLD_WRAPPER, "default")
        assert found["args"] != []


class TestScheduledStrings:
    def test_they_say_neither_when_they_are_due_nor_that_they_wait_in_a_queue(self) -> None:
        found = json.loads(writing.scheduled(fields(scheduled_at=datetime(2030, 1, 1, tzinfo=UTC))))

        assert "at" not in found
        assert "enqueued_at" not in found

    def test_the_score_is_when_they_are_due(self) -> None:
        due = datetime(2030, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)

        assert writing.score_of(envelope(scheduled_at=due)) == due.timestamp()

    def test_without_a_time_there_is_no_score(self) -> None:
        with pytest.raises(ValueError, match="without a time"):
            writing.score_of(envelope())


class TestRetries:
    def test_they_say_how_the_last_execution_ended(self) -> None:
        again = writing.fields_of(
            envelope(), jid="c3", at=NOW, dialect=SEVEN, crashes=2, last_error=OUT_OF_STOCK
        )

        assert again["aj_crashes"] == 2
        assert again["aj_last_error"] == {"class": "shop.errors.OutOfStock", "message": "no more"}

    def test_a_first_execution_says_nothing_of_the_kind(self) -> None:
        assert not [name for name in fields() if name.startswith("aj_")]


class TestRawJobs:
    def test_they_have_no_wrapper(self) -> None:
        sent = envelope(
            payload=payload(1, {"a": [2]}, job_class="HardWorker", raw=True), extra={"retry": 3}
        )

        found = json.loads(writing.ready(writing.fields_of(sent, jid="a", at=NOW, dialect=SEVEN)))

        assert found["class"] == "HardWorker"
        assert found["args"] == [1, {"a": [2]}]
        assert found["retry"] == 3
        assert "wrapped" not in found
        assert "raw" not in found


class TestDecoding:
    @pytest.mark.parametrize(
        ("string", "reason"),
        [
            (b"{ not json", "Expecting property name"),
            (b'"text"', "a JSON object is expected"),
            (b'{"args":[]}', "it names no class"),
            (b'{"class":"A"}', "it has no list of args"),
            (b"\xff\xfe", "decode"),
            (b"[" * 100_000, "recursion"),
        ],
        ids=["no JSON", "text", "no class", "no args", "no UTF-8", "too deep"],
    )
    def test_what_is_no_job_says_why_and_what_to_do(self, string: bytes, reason: str) -> None:
        with pytest.raises(Exception, match=rf"(?s)not a job of Sidekiq: .*{reason}.*delete") as e:
            text.decoded(string)
        assert len(str(e.value)) < 600
