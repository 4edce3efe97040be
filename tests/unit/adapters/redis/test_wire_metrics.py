from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from django_activejob.adapters.redis.keys import Keys
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.adapters.redis.wire.metrics import Counters, counters_of
from django_activejob.contracts import Tally
from django_activejob.contracts.tallies import BUCKETS, Times
from tests.unit.adapters.redis.furniture import EIGHT, SEVEN
from tests.wire import recordings

MINUTE = int(datetime(2026, 2, 3, 4, 5, tzinfo=UTC).timestamp())
WITH_METRICS = [("rails7.2-sidekiq7.3", SEVEN), ("rails8.1-sidekiq8.1", EIGHT)]


def times(total: float = 0.0, **buckets: int) -> Times:
    numbers = [0] * BUCKETS
    for place, number in buckets.items():
        numbers[int(place.removeprefix("n"))] = number
    return Times(buckets=tuple(numbers), total=total)


def counters(dialect: Dialect, *, began: int = MINUTE, **facts: Any) -> dict[str, Counters]:
    tally = Tally(began=began, job_class="EchoJob", queue="default", **facts)
    return {each.key: each for each in counters_of(tally, keys=Keys(), dialect=dialect)}


class TestCounters:
    def test_version_7_keeps_minutes(self) -> None:
        found = counters(SEVEN, performed=3, run=times(0.25, n0=2, n5=1))

        assert found["j|20260203|4:5"].numbers == {"EchoJob|p": 3, "EchoJob|ms": 250}
        assert found["EchoJob-3-4:5"].numbers == {"0": 2, "5": 1}
        assert {each.ttl for each in found.values()} == {8 * 3600}

    def test_version_8_keeps_tens_of_minutes_too(self) -> None:
        found = counters(EIGHT, performed=3, run=times(0.25, n0=2, n5=1))

        assert found["j|260203|4:05"].numbers == found["j|260203|4:0"].numbers
        assert (found["j|260203|4:05"].ttl, found["j|260203|4:0"].ttl) == (8 * 3600, 3 * 86_400)
        assert found["h|EchoJob-3-4:5"].kind == "histogram"

    def test_failures_are_counted_among_all_executions(self) -> None:
        found = counters(SEVEN, performed=1, failed=2, retried=3, discarded=1, interrupted=1)

        assert found["j|20260203|4:5"].numbers == {
            "EchoJob|p": 8,
            "EchoJob|f": 2,
            "EchoJob|ms": 0,
        }

    @pytest.mark.parametrize(("stack", "dialect"), WITH_METRICS)
    def test_the_keys_are_those_that_ruby_wrote(self, stack: str, dialect: Dialect) -> None:
        keys = recordings.recording(stack, "metrics.json")["keys"]
        written = {key for key in keys if key.startswith("j|") or "EchoJob-" in key}
        minute = datetime(2026, 11, 21, 23, int(max(written)[-2:]), tzinfo=UTC)

        found = counters(
            dialect, began=int(minute.timestamp()), performed=2, run=times(0.003, n0=2)
        )

        assert set(found) == written
        for key in written:
            if key.startswith("j|"):
                theirs = {name: value["raw"] for name, value in keys[key]["value"].items()}
                assert set(found[key].numbers) <= set(theirs)
                assert theirs["EchoJob|p"] == str(found[key].numbers["EchoJob|p"])
            assert 0 <= found[key].ttl - keys[key]["ttl"] < 10
