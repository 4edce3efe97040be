"""What histograms say."""

from __future__ import annotations

import pytest

from django_activejob.contracts import Times
from django_activejob.contracts.tallies import BUCKETS, bucket_of
from django_activejob.dashboard.percentiles import average, percentile


def times(*seconds: float) -> Times:
    buckets = [0] * BUCKETS
    for each in seconds:
        buckets[bucket_of(each)] += 1
    return Times(buckets=tuple(buckets), total=sum(seconds), least=min(seconds), most=max(seconds))


class TestPercentile:
    def test_nothing_has_none(self) -> None:
        assert percentile(Times(), 0.5) is None
        assert average(Times()) is None

    @pytest.mark.parametrize("share", [0.0, 0.5, 0.95, 0.99, 1.0])
    def test_of_one_duration_is_that_duration(self, share: float) -> None:
        assert percentile(times(0.4), share) == pytest.approx(0.4)

    def test_lies_in_the_bucket_of_the_true_one(self) -> None:
        seconds = [number / 100 for number in range(1, 1001)]
        whole = times(*seconds)
        for share in (0.1, 0.5, 0.9, 0.95, 0.99):
            true = seconds[int(share * 1000) - 1]
            found = percentile(whole, share)
            assert found is not None
            assert abs(bucket_of(found) - bucket_of(true)) <= 1

    def test_is_never_beyond_the_longest(self) -> None:
        assert percentile(times(0.1, 500.0, 900.0), 1.0) == pytest.approx(900.0)
        assert percentile(times(0.001, 0.002), 0.0) == pytest.approx(0.001)

    def test_rises_with_the_share(self) -> None:
        whole = times(0.01, 0.3, 0.3, 2.0, 40.0, 400.0)
        found = [percentile(whole, share / 20) or 0.0 for share in range(21)]
        assert found == sorted(found)
