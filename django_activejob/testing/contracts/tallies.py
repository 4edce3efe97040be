"""How adapters keep what executions came to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from django_activejob.contracts import FailureCount, Inspector, QueueAdapter, Tally, Times
from django_activejob.contracts.tallies import BUCKETS, bucket_of
from django_activejob.testing.contracts.furniture import Worker

HOUR = 3600  # seconds


class TalliesContract:
    """What an adapter that keeps tallies promises about them."""

    def test_it_says_that_it_keeps_them(self, adapter: QueueAdapter) -> None:
        assert _inspector(adapter).sections >= {"tallies", "failures"}

    def test_there_are_none_at_first(self, adapter: QueueAdapter) -> None:
        inspector, since = _inspector(adapter), _ago(HOUR)
        assert list(inspector.tallies(since=since)) == []
        assert list(inspector.tallies(since=since, step=60, by="queue")) == []
        assert list(inspector.failures(since=since)) == []

    def test_beats_of_many_processes_add_up(self, adapter: QueueAdapter) -> None:
        _beat(adapter, _tally(performed=3, failed=1, run=_times(0.1, 0.2, 0.3, 5)))
        _beat(adapter, _tally(retried=2, discarded=1, run=_times(0.1, 0.05, 700)))
        [whole] = _inspector(adapter).tallies(since=_ago(HOUR))
        assert (whole.began, whole.job_class, whole.queue) == (0, "", "")
        assert (whole.performed, whole.failed, whole.retried, whole.discarded) == (3, 1, 2, 1)
        assert whole.run.buckets == _times(0.1, 0.2, 0.3, 5, 0.1, 0.05, 700).buckets
        assert whole.run.total == pytest.approx(705.75)
        assert (whole.run.least, whole.run.most) == pytest.approx((0.05, 700))

    def test_no_durations_have_no_extremes(self, adapter: QueueAdapter) -> None:
        _beat(adapter, _tally(performed=1, run=_times(0.5)))
        [whole] = _inspector(adapter).tallies(since=_ago(HOUR))
        assert whole.wait == Times()

    def test_they_are_told_apart_by_name(self, adapter: QueueAdapter) -> None:
        _beat(
            adapter,
            _tally(job_class="a.Job", queue="x", performed=1),
            _tally(job_class="a.Job", queue="y", performed=2),
            _tally(job_class="b.Job", queue="y", performed=4),
        )
        inspector, since = _inspector(adapter), _ago(HOUR)
        by_class = inspector.tallies(since=since, by="job_class")
        by_queue = inspector.tallies(since=since, by="queue")
        assert [(each.job_class, each.performed) for each in by_class] == [
            ("a.Job", 3),
            ("b.Job", 4),
        ]
        assert [(each.queue, each.performed) for each in by_queue] == [("x", 1), ("y", 6)]

    @pytest.mark.parametrize("step", [60, 300, HOUR, 6 * HOUR])
    def test_they_are_told_apart_by_time(self, adapter: QueueAdapter, step: int) -> None:
        moments = [_minute(ago=90 * 60), _minute(ago=10 * 60), _minute(ago=0)]
        _beat(adapter, *(_tally(began=began, performed=1) for began in moments))
        found = _inspector(adapter).tallies(since=_ago(2 * HOUR), step=step)
        assert [each.began for each in found] == sorted({at // step * step for at in moments})
        assert sum(each.performed for each in found) == 3

    def test_older_ones_do_not_count(self, adapter: QueueAdapter) -> None:
        _beat(adapter, _tally(began=_minute(ago=2 * HOUR), performed=5), _tally(performed=1))
        [whole] = _inspector(adapter).tallies(since=_ago(HOUR))
        assert whole.performed == 1

    def test_long_times_are_seen_whole(self, adapter: QueueAdapter) -> None:
        _beat(adapter, _tally(began=_minute(ago=72 * HOUR), performed=5), _tally(performed=1))
        [whole] = _inspector(adapter).tallies(since=_ago(7 * 24 * HOUR))
        assert whole.performed == 6

    def test_failures_are_counted_by_their_errors(self, adapter: QueueAdapter) -> None:
        _beat(adapter, _tally(failed=3, failures={"shop.OutOfStock": 2, "ValueError": 1}))
        _beat(adapter, _tally(failed=4, failures={"shop.OutOfStock": 4}))
        _beat(adapter, _tally(began=_minute(ago=2 * HOUR), failed=9, failures={"KeyError": 9}))
        assert list(_inspector(adapter).failures(since=_ago(HOUR))) == [
            FailureCount(job_class="shop.ReportJob", error_class="shop.OutOfStock", number=6),
            FailureCount(job_class="shop.ReportJob", error_class="ValueError", number=1),
        ]

    @pytest.mark.parametrize("name", ["x" * 1000, "nul\0", "\ud800", "😀 'quoted' %s {}", ""])
    def test_no_name_keeps_a_beat_from_being_taken(self, adapter: QueueAdapter, name: str) -> None:
        _beat(adapter, _tally(job_class=name, queue=name, failed=1, failures={name: 1}))
        [whole] = _inspector(adapter).tallies(since=_ago(HOUR))
        assert whole.failed == 1

    def test_many_go_with_one_beat(self, adapter: QueueAdapter) -> None:
        _beat(adapter, *(_tally(job_class=f"a.Job{n}", performed=1) for n in range(250)))
        [whole] = _inspector(adapter).tallies(since=_ago(HOUR))
        assert whole.performed == 250


def _beat(adapter: QueueAdapter, *tallies: Tally) -> None:
    worker = Worker(adapter)
    worker.registry.beat(worker.id, running=[], tallies=tallies)


def _tally(**changes: Any) -> Tally:
    facts = {"began": _minute(ago=0), "job_class": "shop.ReportJob", "queue": "default"}
    return Tally(**{**facts, **changes})


def _times(*seconds: float) -> Times:
    buckets = [0] * BUCKETS
    for each in seconds:
        buckets[bucket_of(each)] += 1
    return Times(buckets=tuple(buckets), total=sum(seconds), least=min(seconds), most=max(seconds))


def _minute(*, ago: int) -> int:
    return int(_ago(ago).timestamp()) // 60 * 60


def _ago(seconds: int) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def _inspector(adapter: QueueAdapter) -> Inspector:
    inspector = adapter.inspector()
    assert inspector is not None
    return inspector
