"""In which order queues are asked."""

from __future__ import annotations

from collections import Counter

import pytest

from django_activejob import clock
from django_activejob.runtime.queue_order import QueueOrder


def order(*queues: str, weights: tuple[int, ...] = (), known: tuple[str, ...] = ()) -> QueueOrder:
    return QueueOrder(queues, weights=weights, known=lambda: known)


class TestStrictOrder:
    def test_names_and_patterns_stay_as_they_are(self) -> None:
        assert order("critical", "mail*", "*").next() == ["critical", "mail*", "*"]


class TestExclusion:
    def test_a_queue_is_left_out_of_a_pattern(self) -> None:
        kept = order("b", "*", "-c", known=("a", "b", "c"))
        assert kept.next() == ["b", "a"]

    def test_alone_it_leaves_all_others(self) -> None:
        assert order("-mail*", known=("a", "mail_slow", "mail")).next() == ["a"]

    def test_names_are_looked_for_every_two_seconds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known = ["a"]
        kept = QueueOrder(["*", "-x"], known=lambda: list(known))
        monkeypatch.setattr(clock, "monotonic", lambda: 100.0)
        assert kept.next() == ["a"]
        known.append("b")
        assert kept.next() == ["a"]
        monkeypatch.setattr(clock, "monotonic", lambda: 102.0)
        assert kept.next() == ["a", "b"]


class TestWeights:
    def test_each_comes_first_in_proportion(self) -> None:
        drawn = order("critical", "default", weights=(3, 1))
        first = Counter(drawn.next()[0] for _ in range(4000))
        assert 2700 < first["critical"] < 3300

    def test_every_queue_is_asked_each_time(self) -> None:
        drawn = order("a", "b", "c", weights=(5, 3, 1))
        assert all(sorted(drawn.next()) == ["a", "b", "c"] for _ in range(20))
