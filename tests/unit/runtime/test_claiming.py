"""Taking jobs while there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from django_activejob.contracts import Claim
from django_activejob.errors import AdapterUnavailable, ProcessPruned
from django_activejob.runtime.claiming import Claiming
from tests.waiting import until

from .fakes import FakeSource, claim

Start = Callable[..., Claiming]


@pytest.fixture
def accepted() -> list[Claim]:
    return []


@pytest.fixture
def start(accepted: list[Claim]) -> Iterator[Start]:
    begun: list[Claiming] = []

    def start(source: FakeSource, room: Callable[[], int] = lambda: 2, **options: Any) -> Claiming:
        def accept(claims: Sequence[Claim]) -> None:
            accepted.extend(claims)

        claiming = Claiming(source, queues=lambda: ["default"], room=room, accept=accept, **options)
        begun.append(claiming)
        claiming.start()
        return claiming

    yield start
    for claiming in begun:
        claiming.end()
        until(lambda claiming=claiming: claiming.is_over)


class TestClaiming:
    @pytest.mark.line("RQ-061")
    def test_never_claims_more_than_there_is_room_for(
        self, start: Start, accepted: list[Claim]
    ) -> None:
        source = FakeSource(*(claim(str(number)) for number in range(10)))
        start(source, lambda: 4 - len(accepted))
        until(lambda: len(accepted) == 4)
        assert source.limits == [4]

    @pytest.mark.line("RQ-062")
    def test_goes_on_as_soon_as_it_is_told_of_room(
        self, start: Start, accepted: list[Claim]
    ) -> None:
        rooms = [1, 0]
        claiming = start(
            FakeSource(claim("1"), claim("2")),
            lambda: rooms.pop(0) if rooms else 1,
            patience=lambda: 3600,
        )
        until(lambda: len(accepted) == 1)
        claiming.wake()
        until(lambda: len(accepted) == 2)

    @pytest.mark.line("RQ-044")
    def test_survives_every_error(self, start: Start, accepted: list[Claim]) -> None:
        source = FakeSource(claim())
        source.claim_errors.extend([AdapterUnavailable("down"), ValueError("odd")])
        claiming = start(source)
        until(lambda: accepted)
        assert claiming.is_alive()
        assert not claiming.is_pruned

    @pytest.mark.line("RQ-011")
    def test_ends_when_the_process_has_been_given_up(self, start: Start) -> None:
        source = FakeSource()
        source.claim_errors.append(ProcessPruned("gone"))
        claiming = start(source)
        until(lambda: claiming.is_over)
        assert claiming.is_pruned

    def test_closes_the_source_in_its_own_thread_at_the_end(self, start: Start) -> None:
        source = FakeSource()
        claiming = start(source)
        claiming.end()
        until(lambda: claiming.is_over)
        assert source.closings == 1

    def test_never_starts_after_its_end(self) -> None:
        source = FakeSource(claim())
        claiming = Claiming(
            source, queues=lambda: ["default"], room=lambda: 1, accept=lambda _: None
        )
        claiming.end()
        claiming.start()
        assert claiming.is_over
        assert source.limits == []

    def test_does_not_spin_over_a_source_that_does_not_wait(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = FakeSource()
        monkeypatch.setattr(source, "claim", lambda queues, *, limit: source.limits.append(limit))
        claiming = start(source)
        until(lambda: len(source.limits) > 3)
        claiming.end()
        assert len(source.limits) < 50
