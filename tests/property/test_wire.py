"""What may lie in Redis, whoever put it there."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from django_activejob.adapters.redis.wire import errors, failing, moving, reading, text, writing
from django_activejob.adapters.redis.wire.dialect import NEW_WRAPPER, OLD_WRAPPER, Dialect
from django_activejob.contracts import Envelope, ErrorRecord
from django_activejob.errors import EnqueueError, MalformedPayload
from django_activejob.testing.contracts.furniture import payload
from tests.property.payloads import payloads

SIDEKIQS: Final = (
    *("args", "at", "backtrace", "class", "created_at", "dead", "enqueued_at", "error_backtrace"),
    *("error_class", "error_message", "failed_at", "jid", "queue", "retried_at", "retry"),
    *("retry_count", "retry_for", "retry_queue", "tags", "wrapped"),
)
OURS: Final = (
    *("aj_batch_id", "aj_crashes", "aj_keep_result", "aj_last_error", "aj_limit", "aj_on_crash"),
    *("aj_payload", "aj_priority", "aj_recurring_key", "aj_retried", "aj_scheduled_at"),
    *("aj_throttle", "aj_unique"),
)
PARTS: Final = ("executions", "exception_executions", "queue_name", "priority", "scheduled_at")

names = st.sampled_from([*SIDEKIQS, *OURS]) | st.text(max_size=5)
classes = st.sampled_from([OLD_WRAPPER, NEW_WRAPPER, "HardWorker", ""])
wrapped = st.builds(
    lambda whole, changes: {**whole, **changes},
    st.builds(payload, payloads),
    st.dictionaries(st.sampled_from(PARTS), payloads, max_size=3),
)
hostile = st.builds(
    lambda changes, name, args: {**changes, "class": name, "args": args},
    st.dictionaries(names, payloads, max_size=6),
    classes,
    st.lists(wrapped | payloads, max_size=2),
)
dialects = st.builds(
    Dialect,
    times=st.sampled_from(["7", "8"]),
    wrapper=st.sampled_from([OLD_WRAPPER, NEW_WRAPPER]),
    retry=st.booleans() | st.integers(0, 30),
)
errors_of_jobs = st.builds(
    ErrorRecord, class_name=st.text(), message=st.text(), traceback=st.text()
)

AT: Final = 1_795_305_592.625


class TestAnyString:
    @given(
        string=st.binary(max_size=60)
        | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace"))
    )
    def test_is_a_job_or_malformed(self, string: bytes) -> None:
        with suppress(MalformedPayload):
            assert isinstance(text.decoded(string)["class"], str)

    @given(fields=payloads)
    def test_of_json_is_a_job_or_malformed(self, fields: Any) -> None:
        with suppress(MalformedPayload):
            assert isinstance(text.decoded(json.dumps(fields).encode())["args"], list)


class TestAnyJob:
    @given(fields=hostile, dialect=dialects)
    def test_has_an_envelope_or_is_malformed(self, fields: Any, dialect: Dialect) -> None:
        with suppress(MalformedPayload):
            envelope = reading.envelope_of(fields, dialect=dialect)
            assert isinstance(envelope.priority, int)
            assert isinstance(envelope.keep_result, bool)
            assert envelope.on_crash in {"retry", "fail"}
            assert isinstance(envelope.payload["executions"], int)
            assert isinstance(envelope.payload["queue_name"], str)

    @given(fields=hostile)
    def test_can_be_shown(self, fields: Any) -> None:
        assert isinstance(reading.queue_of(fields), str)
        assert isinstance(reading.job_class_of(fields), str)
        assert isinstance(reading.crashes_of(fields), int)
        assert reading.failures_of(fields) >= 0
        error = errors.read(fields)
        assert error is None or isinstance(error.message + error.traceback, str)
        for moment in (reading.enqueued_at(fields), reading.failed_at(fields)):
            assert moment is None or moment.tzinfo is not None

    @given(fields=hostile, error=errors_of_jobs, dialect=dialects)
    def test_can_fail(self, fields: Any, error: ErrorRecord, dialect: Dialect) -> None:
        with suppress(EnqueueError):  # JSON's own NaN, which Ruby would not read
            fate = failing.fate_of(fields, error, at=AT, dialect=dialect)
            again = text.decoded(fate.text)
            assert again["class"] == fields["class"]
            assert fate.score >= AT
            failing.dead(fields, error, at=AT, dialect=dialect)
            failing.crashed(fields, error, crashes=1, at=AT, dialect=dialect)

    @given(fields=hostile, dialect=dialects)
    def test_can_move(self, fields: Any, dialect: Dialect) -> None:
        with suppress(EnqueueError):
            for move in (moving.dispatched, moving.revived):
                moved = move(fields, at=AT, dialect=dialect)
                assert text.decoded(moved.text)["class"] == fields["class"]
                assert moved.queue


class TestAnyEnvelope:
    @given(body=st.builds(payload, payloads), dialect=dialects, raw=st.booleans())
    def test_comes_back_as_it_went(self, body: Any, dialect: Dialect, raw: bool) -> None:
        if raw:
            body["raw"] = True
        sent = Envelope(payload=body, queue_name="default")
        with suppress(EnqueueError):
            fields = writing.fields_of(sent, jid="a1", at=AT, dialect=dialect)
            back = reading.envelope_of(text.decoded(writing.ready(fields)), dialect=dialect)
            again = writing.fields_of(back, jid="a1", at=AT, dialect=dialect)
            assert reading.envelope_of(again, dialect=dialect) == back
            assert back.payload["arguments"] == json.loads(json.dumps(body["arguments"]))
            assert replace(back, payload=body) == sent
