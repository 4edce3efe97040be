"""What people see of an adapter, and repair."""

from __future__ import annotations

import pytest

from django_activejob.contracts import (
    Command,
    Count,
    ErrorRecord,
    Inspector,
    JobQuery,
    Limit,
    Outcome,
    QueueAdapter,
    Repaired,
    Status,
)
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    ended,
    envelope,
    failed,
    later,
    payload,
    unpacked,
)


class InspectorContract:
    """What every adapter with an inspector that offers everything promises about it."""

    def test_a_job_is_shown_with_its_facts(self, adapter: QueueAdapter) -> None:
        sent = envelope(42, queue_name="reports", priority=4)
        id = adapter.enqueue(sent)
        job = _inspector(adapter).find(str(id))
        assert job is not None
        assert (job.id, job.job_id, job.job_class) == (id, sent.payload["job_id"], "shop.ReportJob")
        assert (job.queue, job.priority, job.status) == ("reports", 4, "ready")
        assert job.payload is not None
        assert job.payload["arguments"] == [42]
        assert job.enqueued_at is not None
        assert job.enqueued_at.tzinfo is not None
        assert job.error is None

    def test_a_job_is_found_by_its_job_id_the_newest_first(self, adapter: QueueAdapter) -> None:
        same = envelope(1)
        adapter.enqueue(same)
        newest = adapter.enqueue(same)
        job = _inspector(adapter).find(same.payload["job_id"])
        assert job is not None
        assert job.id == newest

    @pytest.mark.parametrize("id", ["", "0", "999999999", "9" * 40, "none", "a\0b", "\ud800", "½"])
    def test_a_job_that_is_not_there_is_not_found(self, adapter: QueueAdapter, id: str) -> None:
        assert _inspector(adapter).find(id) is None
        assert list(_inspector(adapter).attempts(id)) == []

    def test_each_status_lists_its_jobs(self, adapter: QueueAdapter) -> None:
        _one_of_each_status(adapter)
        inspector = _inspector(adapter)
        shown: dict[Status, list[str]] = {
            status: [_name(job.payload) for job in inspector.jobs(JobQuery(status=status)).jobs]
            for status in inspector.statuses
        }
        assert shown == {status: [status] for status in inspector.statuses}

    def test_each_status_is_counted(self, adapter: QueueAdapter) -> None:
        _one_of_each_status(adapter)
        inspector = _inspector(adapter)
        numbers = {inspector.count(JobQuery(status=status)).number for status in inspector.statuses}
        assert numbers == {1}
        assert inspector.count(JobQuery()).number == len(inspector.statuses)

    @pytest.mark.line("RQ-192")
    def test_counting_stops_at_the_cap(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(5)])
        count = _inspector(adapter).count(JobQuery(), cap=3)
        assert (count.number, count.capped) == (3, True)

    @pytest.mark.line("RQ-236")
    @pytest.mark.parametrize("status", [None, "ready", "scheduled"])
    def test_pages_show_each_job_once(self, adapter: QueueAdapter, status: Status | None) -> None:
        due = later() if status == "scheduled" else None
        receipts = adapter.enqueue_all([envelope(number, scheduled_at=due) for number in range(25)])
        ids = _all_pages(_inspector(adapter), JobQuery(status=status), size=10)
        assert sorted(ids) == sorted(str(receipt.provider_job_id) for receipt in receipts)

    @pytest.mark.line("RQ-236")
    @pytest.mark.parametrize("status", ["failed", "finished", "running"])
    def test_pages_of_what_ran_show_each_job_once(
        self, adapter: QueueAdapter, status: Status
    ) -> None:
        if status == "finished":
            _need_history(adapter)
        receipts = adapter.enqueue_all([envelope(number) for number in range(25)])
        worker = Worker(adapter)
        claims = worker.claim()
        if status != "running":
            worker.settle(
                *claims, execution=failed() if status == "failed" else ended(Outcome.PERFORMED)
            )
        ids = _all_pages(_inspector(adapter), JobQuery(status=status), size=10)
        assert sorted(ids) == sorted(str(receipt.provider_job_id) for receipt in receipts)

    def test_ready_jobs_stand_in_running_order(self, adapter: QueueAdapter) -> None:
        if not adapter.supports_priority:
            pytest.skip("this adapter knows no priorities")
        for priority in (5, -1, 3):
            adapter.enqueue(envelope(priority, priority=priority))
        jobs = _inspector(adapter).jobs(JobQuery(status="ready")).jobs
        assert [job.priority for job in jobs] == [-1, 3, 5]

    @pytest.mark.parametrize("cursor", ["x", "äöü", "bnVsbA", "W10", "\0", "WzEsIDFdX"])
    def test_a_cursor_of_nobody_gives_the_first_page(
        self, adapter: QueueAdapter, cursor: str
    ) -> None:
        adapter.enqueue(envelope(1))
        assert len(_inspector(adapter).jobs(JobQuery(), cursor=cursor).jobs) == 1

    def test_filters_choose_by_queue_and_class(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1, queue_name="a"))
        adapter.enqueue(envelope(2, queue_name="b"))
        adapter.enqueue(envelope(payload=payload(3, job_class="shop.MailJob"), queue_name="b"))
        inspector = _inspector(adapter)
        assert inspector.count(JobQuery(queue="b")).number == 2
        assert inspector.count(JobQuery(queue="b", job_class="shop.MailJob")).number == 1
        assert list(inspector.job_classes()) == ["shop.MailJob", "shop.ReportJob"]

    @pytest.mark.line("RQ-238")
    def test_search_finds_ids_and_arguments(self, adapter: QueueAdapter) -> None:
        sent = envelope("Grüße aus 100 % München 😀")
        id = adapter.enqueue(sent)
        adapter.enqueue(envelope("something else"))
        inspector = _inspector(adapter)
        job_id = sent.payload["job_id"]
        for text in (str(id), job_id, job_id.upper(), "Grüße", "100 %", "😀"):
            found = inspector.jobs(JobQuery(search=text)).jobs
            assert id in [job.id for job in found], text

    @pytest.mark.line("RQ-238")
    @pytest.mark.parametrize(
        "text",
        ["%", "__", "'", '"', "\0", "\ud800", "x" * 10_000, "[a-z]+", "\\", "9" * 30, "%s {}"],
    )
    def test_no_search_breaks_a_page(self, adapter: QueueAdapter, text: str) -> None:
        adapter.enqueue(envelope("plain"))
        inspector = _inspector(adapter)
        assert list(inspector.jobs(JobQuery(search=text)).jobs) == []
        assert list(inspector.jobs(JobQuery(queue=text, job_class=text)).jobs) == []

    @pytest.mark.line("RQ-104")
    def test_a_failed_job_shows_its_error(self, adapter: QueueAdapter) -> None:
        id = adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed("no more paper"))
        job = _inspector(adapter).find(str(id))
        assert job is not None
        assert (job.status, job.executions) == ("failed", 1)
        assert job.failed_at is not None
        assert job.error == ErrorRecord(
            class_name="shop.errors.OutOfStock", message="no more paper", traceback="line 1"
        )

    def test_attempts_are_numbered_by_execution(self, adapter: QueueAdapter) -> None:
        _need_history(adapter)
        id = adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        worker.retry(worker.claim_one())
        worker.settle(worker.claim_one(), execution=failed())
        attempts = _inspector(adapter).attempts(str(id))
        assert [(each.number, each.outcome) for each in attempts] == [(1, "retried"), (2, "failed")]
        assert attempts[0].error is not None
        assert attempts[0].error.message == "reset by peer"
        assert attempts[0].seconds == 0.25

    @pytest.mark.line("RQ-122")
    def test_retrying_makes_a_failed_job_ready_with_new_counters(
        self, adapter: QueueAdapter
    ) -> None:
        counted = payload(1, executions=4, exception_executions={"[OutOfStock]": 4})
        id = adapter.enqueue(envelope(payload=counted))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        assert _inspector(adapter).retry(JobQuery(ids=(str(id),)), limit=10) == Repaired(done=1)
        again = unpacked(worker.claim_one()).payload
        assert (again["executions"], again["exception_executions"]) == (0, {})

    @pytest.mark.line("RQ-123", "RQ-235")
    def test_retrying_skips_what_is_no_longer_failed(self, adapter: QueueAdapter) -> None:
        ids = [str(adapter.enqueue(envelope(number))) for number in range(2)]
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        inspector = _inspector(adapter)
        query = JobQuery(ids=tuple(ids))
        assert inspector.retry(query, limit=10) == Repaired(done=1, skipped=1)
        assert inspector.retry(query, limit=10) == Repaired(done=0, skipped=2)

    @pytest.mark.line("RQ-125", "RQ-237")
    def test_repairs_stop_at_their_limit_and_say_so(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(5)])
        worker = Worker(adapter)
        worker.settle(*worker.claim(), execution=failed())
        inspector = _inspector(adapter)
        query = JobQuery(status="failed")
        assert inspector.retry(query, limit=3) == Repaired(done=3, more=True)
        assert inspector.retry(query, limit=3) == Repaired(done=2)

    @pytest.mark.line("RQ-124")
    def test_discarding_refuses_what_runs(self, adapter: QueueAdapter) -> None:
        ids = [str(adapter.enqueue(envelope(number))) for number in range(2)]
        worker = Worker(adapter)
        claim = worker.claim_one()
        result = _inspector(adapter).discard(JobQuery(ids=tuple(ids)), limit=10)
        assert result == Repaired(done=1, skipped=1)
        assert worker.finish(claim) == []
        assert worker.claim() == []

    def test_discarding_takes_the_attempts_along(self, adapter: QueueAdapter) -> None:
        id = str(adapter.enqueue(envelope(1)))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        inspector = _inspector(adapter)
        assert inspector.discard(JobQuery(ids=(id,)), limit=10).done == 1
        assert inspector.find(id) is None
        assert list(inspector.attempts(id)) == []

    @pytest.mark.line("RQ-151")
    def test_dispatching_makes_scheduled_jobs_ready_now(self, adapter: QueueAdapter) -> None:
        id = str(adapter.enqueue(envelope("at last", scheduled_at=later())))
        inspector = _inspector(adapter)
        assert inspector.dispatch(JobQuery(ids=(id,)), limit=10) == Repaired(done=1)
        assert inspector.dispatch(JobQuery(ids=(id,)), limit=10) == Repaired(done=0, skipped=1)
        assert arguments(Worker(adapter).claim()) == ["at last"]

    @pytest.mark.line("RQ-180")
    @pytest.mark.parametrize("queues", [("held", "open"), ("*",), ("he*", "op*")], ids=" ".join)
    def test_the_jobs_of_a_paused_queue_do_not_start(
        self, adapter: QueueAdapter, queues: tuple[str, ...]
    ) -> None:
        adapter.enqueue(envelope(1, queue_name="held"))
        adapter.enqueue(envelope(2, queue_name="open"))
        inspector, worker = _inspector(adapter), Worker(adapter)
        inspector.pause("held")
        assert arguments(worker.claim(*queues)) == [2]
        inspector.resume("held")
        assert arguments(worker.claim(*queues)) == [1]

    @pytest.mark.line("RQ-180")
    def test_what_runs_goes_on_when_its_queue_is_paused(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        claim = worker.claim_one()
        _inspector(adapter).pause("default")
        assert worker.finish(claim) == []

    @pytest.mark.line("RQ-181")
    @pytest.mark.parametrize("name", ["new", "Bücher", "a/b %s", "😀*"])
    def test_a_queue_without_jobs_can_be_paused(self, adapter: QueueAdapter, name: str) -> None:
        inspector = _inspector(adapter)
        inspector.pause(name)
        inspector.pause(name)
        [queue] = inspector.queues()
        assert list(inspector.queue_names()) == [name]
        assert (queue.name, queue.size, queue.latency, queue.paused) == (name, 0, None, True)
        inspector.resume(name)
        inspector.resume(name)
        assert list(inspector.queues()) == []

    def test_queues_show_their_size_and_latency(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(number, queue_name="b") for number in range(3)])
        adapter.enqueue(envelope(1, queue_name="a"))
        first, second = _inspector(adapter).queues()
        assert list(_inspector(adapter).queue_names()) == ["a", "b"]
        assert (first.name, first.size, first.paused) == ("a", 1, False)
        assert (second.name, second.size, second.paused) == ("b", 3, False)
        assert second.latency is not None
        assert 0 <= second.latency < 60

    def test_a_queue_that_was_used_of_late_is_shown_though_it_is_empty(
        self, adapter: QueueAdapter
    ) -> None:
        adapter.enqueue(envelope(1, queue_name="busy"))
        worker = Worker(adapter)
        worker.finish(worker.claim_one("busy"))
        [queue] = _inspector(adapter).queues()
        assert list(_inspector(adapter).queue_names()) == ["busy"]
        assert (queue.name, queue.size, queue.paused) == ("busy", 0, False)

    @pytest.mark.line("DB-080", "RQ-184")
    def test_clearing_a_queue_removes_what_waits_and_nothing_else(
        self, adapter: QueueAdapter
    ) -> None:
        limit = Limit(key="k", to=1, duration=180.0)
        worker, inspector = Worker(adapter), _inspector(adapter)
        adapter.enqueue(envelope("runs", limit=limit))
        claim = worker.claim_one()
        adapter.enqueue(envelope("waits", limit=limit))
        adapter.enqueue_all([envelope(number) for number in range(5)])
        adapter.enqueue(envelope("due later", scheduled_at=later()))
        adapter.enqueue(envelope("elsewhere", queue_name="other"))
        assert inspector.clear("default", limit=4) == Repaired(done=4, more=True)
        assert inspector.clear("default", limit=4) == Repaired(done=2)
        assert inspector.clear("default", limit=4) == Repaired(done=0)
        assert worker.finish(claim) == []
        assert arguments(worker.claim()) == ["elsewhere"]
        assert inspector.count(JobQuery(status="scheduled")).number == 1

    def test_clearing_gives_permits_to_jobs_of_other_queues(self, adapter: QueueAdapter) -> None:
        limit = Limit(key="k", to=1, duration=180.0)
        adapter.enqueue(envelope("holds", limit=limit))
        adapter.enqueue(envelope("waits", limit=limit, queue_name="other"))
        assert _inspector(adapter).clear("default", limit=10).done == 1
        assert arguments(Worker(adapter).claim()) == ["waits"]

    @pytest.mark.parametrize("queue", ["", "a\0b", "x" * 300, "\ud800"])
    def test_clearing_a_queue_that_cannot_be_does_nothing(
        self, adapter: QueueAdapter, queue: str
    ) -> None:
        adapter.enqueue(envelope(1))
        assert _inspector(adapter).clear(queue, limit=10) == Repaired(done=0)

    @pytest.mark.line("DB-075")
    def test_queues_are_counted_by_status(self, adapter: QueueAdapter) -> None:
        _one_of_each_status(adapter)
        inspector = _inspector(adapter)
        adapter.enqueue_all(
            [envelope(number, queue_name="b", scheduled_at=later()) for number in range(3)]
        )
        counts = inspector.queue_counts()
        counted = inspector.statuses - {"ready", "finished"}
        assert counts["default"] == {status: Count(number=1) for status in counted}
        assert counts["b"] == {"scheduled": Count(number=3)}
        capped = inspector.queue_counts(cap=2)
        assert capped["b"]["scheduled"].capped

    def test_processes_are_shown(self, adapter: QueueAdapter) -> None:
        worker = Worker(adapter)
        [process] = _inspector(adapter).processes()
        assert (process.id, process.kind, process.pid) == (worker.id, "worker", 4711)
        assert (process.hostname, process.metadata) == ("büro", {"threads": 5})
        assert process.started_at is not None
        assert process.beat_at is not None

    @pytest.mark.line("DB-086", "DB-087")
    def test_processes_are_shown_as_their_last_beats_described_them(
        self, adapter: QueueAdapter
    ) -> None:
        worker = Worker(adapter)
        worker.registry.beat(worker.id, running=[], metadata={"threads": 5, "busy": 2})
        worker.registry.beat(worker.id, running=[])
        [process] = _inspector(adapter).processes()
        assert process.metadata == {"threads": 5, "busy": 2}

    @pytest.mark.line("DB-089", "DB-090")
    def test_commands_reach_a_process_once_with_its_next_beat(self, adapter: QueueAdapter) -> None:
        worker, other = Worker(adapter), Worker(adapter)
        inspector = _inspector(adapter)
        quiet, stop = Command(action="quiet"), Command(action="stop")
        assert inspector.command(worker.id, quiet)
        assert inspector.command(worker.id, stop)
        assert inspector.command(worker.id, quiet)
        assert list(other.registry.beat(other.id, running=[])) == []
        assert list(worker.registry.beat(worker.id, running=[])) == [quiet, stop]
        assert list(worker.registry.beat(worker.id, running=[])) == []

    @pytest.mark.parametrize("id", ["f" * 32, "", "a\0b", "\ud800", "x" * 500])
    def test_commands_to_nobody_are_refused(self, adapter: QueueAdapter, id: str) -> None:
        Worker(adapter)
        assert not _inspector(adapter).command(id, Command(action="quiet"))

    @pytest.mark.line("RQ-241")
    def test_the_facts_about_the_store_hold_no_secret(self, adapter: QueueAdapter) -> None:
        facts = str(dict(_inspector(adapter).backend())).lower()
        assert "password" not in facts
        assert "@" not in facts

    @pytest.mark.line("RQ-095")
    def test_lists_do_not_load_huge_payloads(self, adapter: QueueAdapter) -> None:
        id = adapter.enqueue(envelope("x" * 2_000_000))
        inspector = _inspector(adapter)
        [job] = inspector.jobs(JobQuery()).jobs
        assert len(job.raw_payload) < 1_000_000
        whole = inspector.find(str(id))
        assert whole is not None
        assert len(whole.raw_payload) > 2_000_000


def _need_history(adapter: QueueAdapter) -> None:
    if "finished" not in _inspector(adapter).statuses:
        pytest.skip("this adapter keeps nothing of what is over")


def _inspector(adapter: QueueAdapter) -> Inspector:
    inspector = adapter.inspector()
    assert inspector is not None
    return inspector


def _all_pages(inspector: Inspector, query: JobQuery, *, size: int) -> list[str]:
    page = inspector.jobs(query, limit=size)
    ids = [job.id for job in page.jobs]
    while page.next_cursor is not None:
        page = inspector.jobs(query, cursor=page.next_cursor, limit=size)
        ids += [job.id for job in page.jobs]
    return ids


def _one_of_each_status(adapter: QueueAdapter) -> None:
    worker = Worker(adapter)
    for status in ("retrying", "failed", "finished", "running"):
        adapter.enqueue(envelope(status))
        claim = worker.claim_one()
        if status == "retrying":
            worker.retry(claim, scheduled_at=later())
        elif status == "failed":
            worker.settle(claim, execution=failed())
        elif status == "finished":
            worker.finish(claim)
    limit = Limit(key="shop/1", to=1, duration=180.0)
    adapter.enqueue(envelope("ready", limit=limit))
    adapter.enqueue(envelope("scheduled", scheduled_at=later()))
    if "blocked" in _inspector(adapter).statuses:
        adapter.enqueue(envelope("blocked", limit=limit))


def _name(body: object) -> str:
    assert isinstance(body, dict)
    return str(body["arguments"][0])
