"""How adapters choose the jobs that people ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from django_activejob.contracts import Inspector, JobQuery, Limit, Outcome, QueueAdapter
from django_activejob.contracts.inspection import Moment, Status
from django_activejob.testing.contracts.furniture import (
    Worker,
    ended,
    envelope,
    failed,
    later,
    payload,
)
from django_activejob.testing.contracts.recurring import store_of, task

HOUR = timedelta(hours=1)


class FiltersContract:
    """What an adapter that offers all filters promises about them."""

    def test_by_priority(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1, priority=5))
        id = adapter.enqueue(envelope(2, priority=0))
        assert _ids(adapter, JobQuery(priority=0)) == [id]

    def test_by_the_process_that_runs_it(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(1), envelope(2), envelope(3)])
        one, other = Worker(adapter), Worker(adapter)
        one.claim_one()
        claim = other.claim_one()
        found = _inspector(adapter).jobs(JobQuery(process_id=other.id)).jobs
        assert [job.process_id for job in found] == [other.id]
        other.finish(claim)
        assert _ids(adapter, JobQuery(process_id=other.id)) == []

    def test_by_the_recurring_task_that_enqueued_it(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("by hand"))
        store = store_of(adapter)
        store.declare([task("nightly")], as_of=store.now())
        nightly = store.find("nightly")
        assert nightly is not None
        id = store.tick(nightly, store.now(), envelope("report", recurring_key="nightly"))
        [job] = _inspector(adapter).jobs(JobQuery(recurring_key="nightly")).jobs
        assert (job.id, job.recurring_key) == (id, "nightly")
        assert _ids(adapter, JobQuery(recurring_key="hourly")) == []

    @pytest.mark.parametrize("status", [None, "failed", "retrying"])
    def test_by_the_class_of_its_error(self, adapter: QueueAdapter, status: Status | None) -> None:
        adapter.enqueue_all([envelope(1), envelope(2)])
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        worker.retry(worker.claim_one(), scheduled_at=later())
        wanted = "ConnectionError" if status == "retrying" else "shop.errors.OutOfStock"
        query = JobQuery(status=status, error_class=wanted)
        [job] = _inspector(adapter).jobs(query).jobs
        assert job.error is not None
        assert job.error.class_name == wanted
        assert _ids(adapter, JobQuery(status=status, error_class="OutOf")) == []

    def test_by_the_key_of_its_limit(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("free"))
        limit = Limit(key="shop/1", to=1, duration=180.0)
        adapter.enqueue_all([envelope("first", limit=limit), envelope("second", limit=limit)])
        inspector = _inspector(adapter)
        found = inspector.jobs(JobQuery(limit_key="shop/1")).jobs
        assert {(job.limit_key, job.status) for job in found} == {
            ("shop/1", "ready"),
            ("shop/1", "blocked"),
        }
        assert inspector.count(JobQuery(status="blocked", limit_key="shop/1")).number == 1

    @pytest.mark.parametrize(
        ("status", "moment"),
        [
            (None, "enqueued_at"),
            ("scheduled", "scheduled_at"),
            ("running", "claimed_at"),
            ("failed", "failed_at"),
            ("failed", "claimed_at"),
            ("finished", "finished_at"),
            ("finished", "enqueued_at"),
        ],
    )
    def test_by_each_of_its_times(
        self, adapter: QueueAdapter, status: Status | None, moment: Moment
    ) -> None:
        _with_status(adapter, status)
        inspector = _inspector(adapter)
        [job] = inspector.jobs(JobQuery(status=status)).jobs
        at = getattr(job, moment)
        assert isinstance(at, datetime)

        def found(since: datetime | None, until: datetime | None) -> int:
            query = JobQuery(status=status, moment=moment, since=since, until=until)
            assert inspector.count(query).number == len(inspector.jobs(query).jobs)
            return inspector.count(query).number

        assert found(at, None) == found(at - HOUR, at + HOUR) == found(None, at + HOUR) == 1
        assert found(at + HOUR, None) == found(None, at) == found(at - 2 * HOUR, at - HOUR) == 0

    def test_all_at_once(self, adapter: QueueAdapter) -> None:
        id = adapter.enqueue(envelope("tea", queue_name="a", priority=3))
        adapter.enqueue(envelope("tea", queue_name="b", priority=3))
        query = JobQuery(
            status="ready",
            queue="a",
            job_class="shop.ReportJob",
            priority=3,
            since=datetime.now(UTC) - HOUR,
            search="tea",
        )
        assert _ids(adapter, query) == [id]
        assert _inspector(adapter).discard(query, limit=10).done == 1
        assert len(_ids(adapter, JobQuery())) == 1

    @pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 1000, "'", "%"])
    def test_no_name_breaks_a_page(self, adapter: QueueAdapter, text: str) -> None:
        adapter.enqueue(envelope(1))
        for name in ("process_id", "recurring_key", "error_class", "limit_key"):
            assert _ids(adapter, JobQuery(**{name: text})) == []  # type: ignore[arg-type]

    # Arguments

    @pytest.mark.parametrize(
        "text", ["_", "_aj", "locale", "en", "UTC", "executions", "ReportJob", "shop", "default"]
    )
    def test_only_arguments_are_searched(self, adapter: QueueAdapter, text: str) -> None:
        keywords = {"at": 1, "_aj_ruby2_keywords": ["at"]}
        symbols = {"size": 7, "_aj_symbol_keys": ["size"]}
        adapter.enqueue(envelope("tea", symbols, keywords))
        assert _ids(adapter, JobQuery(search=text)) == []

    @pytest.mark.parametrize(
        "text", ["first_name", "Ada", "gid://shop/Order/7", "42", "at", "ß", "\\", '"', "] ,"]
    )
    def test_every_part_of_the_arguments_is_found(self, adapter: QueueAdapter, text: str) -> None:
        keywords = {"at": 42, "_aj_ruby2_keywords": ["at"]}
        id = adapter.enqueue(
            envelope(
                {"first_name": "Ada ß", "executions": [1]},
                {"_aj_globalid": "gid://shop/Order/7"},
                'a "quoted" \\ one] ,',
                keywords,
            )
        )
        adapter.enqueue(envelope("tea"))
        assert id in _ids(adapter, JobQuery(search=text))

    def test_the_job_with_the_id_is_found_first(self, adapter: QueueAdapter) -> None:
        id = adapter.enqueue(envelope("tea"))
        adapter.enqueue_all([envelope(f"about {id}"), envelope("coffee")])
        found = _ids(adapter, JobQuery(search=str(id)))
        assert (found[0], len(found)) == (id, 2)
        assert _inspector(adapter).count(JobQuery(search=str(id))).number == 2

    def test_a_search_keeps_to_the_filter(self, adapter: QueueAdapter) -> None:
        id = adapter.enqueue(envelope("tea", queue_name="a"))
        assert _ids(adapter, JobQuery(search=str(id), queue="b")) == []
        assert _ids(adapter, JobQuery(search="tea", queue="b")) == []

    def test_what_a_search_finds_can_be_repaired(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope("tea"), envelope("coffee"), envelope("green tea")])
        done = _inspector(adapter).discard(JobQuery(search="tea"), limit=10)
        assert (done.done, done.more) == (2, False)
        assert len(_ids(adapter, JobQuery())) == 1


def _ids(adapter: QueueAdapter, query: JobQuery) -> list[str | None]:
    return [job.id for job in _inspector(adapter).jobs(query).jobs]


def _with_status(adapter: QueueAdapter, status: Status | None) -> None:
    adapter.enqueue(
        envelope(payload=payload(1), scheduled_at=later() if status == "scheduled" else None)
    )
    ends: dict[Status | None, Callable[[Worker], object]] = {
        "running": lambda worker: worker.claim_one(),
        "failed": lambda worker: worker.settle(worker.claim_one(), execution=failed()),
        "finished": lambda worker: worker.settle(
            worker.claim_one(), execution=ended(Outcome.PERFORMED)
        ),
    }
    if status in ends:
        ends[status](Worker(adapter))


def _inspector(adapter: QueueAdapter) -> Inspector:
    inspector = adapter.inspector()
    assert inspector is not None
    return inspector
