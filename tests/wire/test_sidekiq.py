"""Jobs as real Sidekiq kept them: read, written again, and put through what Sidekiq did to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from django_activejob.adapters.redis.wire import errors, failing, moments, moving, reading, text
from django_activejob.adapters.redis.wire.dialect import NEW_WRAPPER, OLD_WRAPPER, Dialect
from django_activejob.adapters.redis.wire.writing import fields_of
from django_activejob.contracts import ErrorRecord
from tests.wire import recordings

EACH_STRING = [
    pytest.param(string, id=f"{where} {number}")
    for number, (where, string) in enumerate(recordings.strings())
]
FOREIGN = {"class", "wrapped", "created_at", "enqueued_at", *errors.FIELDS}


def dialect_of(stack: str) -> Dialect:
    """The forms of a recorded stack."""
    is_newest = stack.endswith("sidekiq8.1")
    return Dialect(
        times="8" if is_newest else "7", wrapper=NEW_WRAPPER if is_newest else OLD_WRAPPER
    )


def with_rubys_exponents(string: bytes) -> str:
    """Ruby's 1.0e+20 is Python's 1e+20."""
    return re.sub(r",(\d+)(e[+-]\d+)", r",\1.0\2", string.decode())


class TestRecordedStrings:
    @pytest.mark.parametrize("string", EACH_STRING)
    def test_they_are_written_again_byte_for_byte(self, string: str) -> None:
        assert with_rubys_exponents(text.encoded(text.decoded(string.encode()))) == string

    @pytest.mark.parametrize("string", EACH_STRING)
    def test_an_envelope_holds_all_that_outlives_an_enqueue(self, string: str) -> None:
        fields = text.decoded(string.encode())
        dialect = Dialect()

        envelope = reading.envelope_of(fields, dialect=dialect)

        again = fields_of(envelope, jid=fields["jid"], at=0.0, dialect=dialect)
        assert reading.envelope_of(again, dialect=dialect) == envelope
        kept = {name: value for name, value in fields.items() if name not in FOREIGN | {"args"}}
        assert {name: again[name] for name in kept} == kept

    @pytest.mark.parametrize("string", EACH_STRING)
    def test_the_payload_is_the_one_that_was_wrapped(self, string: str) -> None:
        fields = text.decoded(string.encode())

        payload = reading.envelope_of(fields, dialect=Dialect()).payload

        if fields["class"] in {OLD_WRAPPER, NEW_WRAPPER}:
            [wrapped] = json.loads(string)["args"]
            assert payload == {**payload, **wrapped, "provider_job_id": fields["jid"]}
        else:
            assert payload["job_class"] == fields["class"]
            assert payload["arguments"] == fields["args"]

    @pytest.mark.parametrize("string", EACH_STRING)
    def test_only_what_has_no_wrapper_is_raw(self, string: str) -> None:
        fields = text.decoded(string.encode())

        payload = reading.envelope_of(fields, dialect=Dialect()).payload

        assert payload.get("raw", False) == ("wrapped" not in fields)

    def test_what_was_no_json_is_refused(self) -> None:
        with pytest.raises(Exception, match="What lies in Redis is not a job of Sidekiq"):
            text.decoded(b"this is { not json")


@pytest.mark.parametrize("stack", recordings.STACKS)
class TestRecordedFailures:
    """What each further run of the recorded application did to its failing jobs."""

    def test_a_failed_job_says_what_ruby_says(self, stack: str) -> None:
        seen = 0
        for before, after in runs(stack):
            seen += 1
            assert failed_again(before, after, stack) == with_plain_lines(after["decoded"])
        assert seen >= 20

    def test_the_next_execution_is_when_ruby_would_have_it(self, stack: str) -> None:
        for _, after in runs(stack):
            fields = after["decoded"]
            if after["key"] == "retry" and "CustomDelay" not in fields["class"]:
                failed_at = moments.seconds_in(fields["retried_at"]) or 0.0
                wait = after["score"] - failed_at
                count = fields["retry_count"]
                shortest = failing.pause_after(count, jitter=lambda _: 0)
                assert shortest <= wait + 0.01
                assert wait <= shortest + 10 * (count + 1)

    def test_the_backtraces_are_read(self, stack: str) -> None:
        found = [
            (errors.backtrace_in(entry["decoded"]["error_backtrace"]), entry)
            for run in range(1, 5)
            for entry in failures(stack, run).values()
            if "error_backtrace" in entry["decoded"]
        ]

        assert len(found) >= 4
        for lines, entry in found:
            assert lines[:5] == entry["error_backtrace_decoded"]
            assert errors.backtrace_in(errors.compressed(lines)) == lines


def failures(stack: str, run: int) -> dict[str, Any]:
    """The failed jobs after a run, by their ids."""
    keys = recordings.recording(stack, f"failures-{run}.json")["keys"]
    return {
        entry["decoded"]["jid"]: {**entry, "key": key}
        for key in ("retry", "dead")
        for entry in recordings.entries(keys, key)
    }


def runs(stack: str) -> Iterator[tuple[Any, Any]]:
    """Each failed job before and after one more failure."""
    for run in range(1, 4):
        before, after = failures(stack, run), failures(stack, run + 1)
        for jid, entry in before.items():
            if entry["key"] == "retry" and jid in after:
                yield entry, after[jid]


def failed_again(before: Any, after: Any, stack: str) -> Any:
    """What we make of a failed job that runs, and fails as Ruby's did."""
    fields, dialect = after["decoded"], dialect_of(stack)
    came = moments.seconds_in(fields["enqueued_at"]) or 0.0
    due = moving.dispatched(text.decoded(before["raw"].encode()), at=came, dialect=dialect)
    error = ErrorRecord(
        class_name=fields["error_class"],
        message=fields["error_message"],
        traceback="\n".join(errors.backtrace_in(fields.get("error_backtrace"))),
    )
    at = moments.seconds_in(fields["retried_at"]) or 0.0
    fate = failing.fate_of(text.decoded(due.text), error, at=at, dialect=dialect)
    assert fate.kind == after["key"]
    return with_plain_lines(json.loads(fate.text))


def with_plain_lines(fields: Any) -> Any:
    """A job with its backtrace as lines: versions differ in how they compress it."""
    return {**fields, "error_backtrace": errors.backtrace_in(fields.get("error_backtrace"))}
