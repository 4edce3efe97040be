"""Rare things are looked for in some thousand jobs at a time."""

from __future__ import annotations

import pytest

from django_activejob.adapters.database import DatabaseAdapter, listing
from django_activejob.contracts import JobQuery
from django_activejob.testing.contracts.furniture import Worker, envelope


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LOOKED_AT", 10)


@pytest.fixture(params=["finished", "ready", None])
def query(request: pytest.FixtureRequest, adapter: DatabaseAdapter) -> JobQuery:
    """A query for two of 25 jobs, the first and the last enqueued."""
    numbers = range(25)
    adapter.enqueue_all(
        [envelope("tea" if number in (0, 24) else "coffee", priority=number) for number in numbers]
    )
    if request.param == "finished":
        worker = Worker(adapter)
        while claims := worker.claim(limit=1):
            worker.finish(*claims)
    return JobQuery(status=request.param, search="tea")


class TestLookingForRareThings:
    def test_all_are_found_by_going_on(self, adapter: DatabaseAdapter, query: JobQuery) -> None:
        inspector = adapter.inspector()
        pages = [inspector.jobs(query, limit=50)]
        while cursor := pages[-1].next_cursor:
            pages.append(inspector.jobs(query, cursor=cursor, limit=50))

        assert [len(page.jobs) for page in pages] == [1, 0, 1]
        assert [page.searched for page in pages] == [10, 10, None]

    def test_the_count_says_that_there_may_be_more(
        self, adapter: DatabaseAdapter, query: JobQuery
    ) -> None:
        count = adapter.inspector().count(query)

        assert (count.number, count.capped) == (1, True)

    def test_a_page_can_be_full_before(self, adapter: DatabaseAdapter, query: JobQuery) -> None:
        page = adapter.inspector().jobs(JobQuery(status=query.status, search="coffee"), limit=5)

        assert (len(page.jobs), page.searched) == (5, None)
        assert page.next_cursor is not None
