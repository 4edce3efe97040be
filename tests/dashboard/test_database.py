"""The pages over real tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils.timezone import localtime
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from django_activejob import clock, handler
from django_activejob.adapters.database import listing
from django_activejob.adapters.database.models import Job
from django_activejob.contracts import (
    Envelope,
    Execution,
    Inspector,
    Limit,
    Outcome,
    ProcessRecord,
    QueueAdapter,
    RecurringTask,
    Settlement,
    Source,
)
from tests.dashboard.addresses import ACT, JOB, JOBS, PAUSE, QUEUES, to
from tests.dashboard.conftest import Login
from tests.dashboard.records import error, payload_of

WORKER = "f" * 32


@pytest.fixture
def adapter(settings: Settings, db: None) -> QueueAdapter:
    """The database adapter, with nothing in its tables."""
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "database"}
    return handler.adapter()


def enqueue(adapter: QueueAdapter, number: int = 1, **changes: Any) -> str:
    """Puts a job into the tables; gives the adapter's id."""
    id = adapter.enqueue(envelope(number, **changes))
    assert id is not None
    return id


def envelope(number: int = 1, *, executions: int = 0, **changes: Any) -> Envelope:
    """A job as adapters take it."""
    payload = payload_of("shop.ReportJob", f"6f0a2b1c-0000-4000-8000-{number:012d}", [number])
    payload["executions"] = executions
    return Envelope(payload=payload, queue_name="default", **changes)


def end_all(adapter: QueueAdapter, outcome: Outcome = Outcome.FAILED, limit: int = 10) -> None:
    """Runs what is ready, to this end; what is retried is due in an hour."""
    retry = None
    if outcome is Outcome.RETRIED:
        retry = envelope(executions=1, scheduled_at=clock.now() + timedelta(hours=1))
    execution = Execution(
        outcome=outcome,
        started_at=clock.now(),
        seconds=0.5,
        error=None if outcome is Outcome.PERFORMED else error("no more tea"),
        retry=retry,
    )
    source = worker(adapter)
    claims = source.claim(["*"], limit=limit)
    source.settle([Settlement(claim=claim, execution=execution) for claim in claims])


def end_one(adapter: QueueAdapter, outcome: Outcome) -> str:
    """Enqueues a job and runs it to this end; gives the adapter's id."""
    id = enqueue(adapter)
    end_all(adapter, outcome)
    return id


def claim_one(adapter: QueueAdapter) -> str:
    """Enqueues a job and leaves it running; gives the adapter's id."""
    id = enqueue(adapter)
    assert len(worker(adapter).claim(["*"], limit=10)) == 1
    return id


def worker(adapter: QueueAdapter) -> Source:
    """The source of a worker that is registered."""
    registry, source = adapter.registry(), adapter.source(WORKER)
    assert registry is not None
    assert source is not None
    if not any(process.id == WORKER for process in inspector(adapter).processes()):
        registry.register(ProcessRecord(id=WORKER, kind="worker", hostname="here", pid=1))
    return source


def inspector(adapter: QueueAdapter) -> Inspector:
    """The adapter's inspector."""
    found = adapter.inspector()
    assert found is not None
    return found


def ids_on(client: Client, **parameters: str) -> list[str]:
    """The ids of the jobs that can be ticked on a page of the list."""
    return re.findall(r'name="id" value="([^"]*)"', page_of(client, **parameters))


def links_on(client: Client, **parameters: str) -> list[str]:
    """The ids of the jobs that a page of the list leads to."""
    return re.findall(r'/job/(\d+)/change/"', page_of(client, **parameters))


def page_of(client: Client, **parameters: str) -> str:
    """The HTML of a page of the list."""
    response = client.get(to(JOBS), parameters)
    assert response.status_code == 200
    return response.content.decode()


class TestJobs:
    @pytest.mark.line("DB-022", "DB-023", "DB-025", "DB-026", "DB-027", "DB-028", "DB-030")
    def test_are_listed_by_status(self, adapter: QueueAdapter, operator: Client) -> None:
        hour = clock.now() + timedelta(hours=1)
        expected = {
            "failed": end_one(adapter, Outcome.FAILED),
            "finished": end_one(adapter, Outcome.PERFORMED),
            "retrying": end_one(adapter, Outcome.RETRIED),
            "running": claim_one(adapter),
            "ready": enqueue(adapter),
            "scheduled": enqueue(adapter, scheduled_at=hour),
        }

        links = {status: links_on(operator, status=status) for status in expected}

        assert links == {status: [id] for status, id in expected.items()}
        assert sorted(links_on(operator)) == sorted(expected.values())

    @pytest.mark.line("RQ-236")
    def test_of_the_same_moment_are_all_shown_once(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        at = clock.now() + timedelta(hours=1)
        expected = {enqueue(adapter, number, scheduled_at=at) for number in range(120)}
        seen: list[str] = []
        following: str | None = to(JOBS) + "?status=scheduled"

        while following:
            page = operator.get(following).content.decode()
            seen += re.findall(r'name="id" value="([^"]*)"', page)
            link = re.search(r'href="([^"]*)" rel="next"', page)
            following = link and link[1].replace("&amp;", "&")

        assert len(seen) == 120
        assert set(seen) == expected

    def test_a_failed_one_shows_its_error_and_attempt(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        id = enqueue(adapter)
        end_all(adapter)

        page = operator.get(to(JOB, id)).content.decode()

        assert "no more tea" in page
        assert "Traceback (most recent call last)" in page
        assert "Attempts that did not end well" in page

    @pytest.mark.line("DB-057")
    def test_a_failed_one_can_be_retried_once(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        id = enqueue(adapter)
        end_all(adapter)
        form = {"action": "retry", "status": "failed", "id": id, "confirmed": "yes"}

        told = []
        for _ in range(2):
            response = operator.post(to(ACT), form)
            told.append([str(message) for message in get_messages(response.wsgi_request)][-1])

        assert ids_on(operator, status="ready") == [id]
        assert told == [
            "1 job is ready again.",
            "1 job had moved on meanwhile and was left alone.",
        ]

    @pytest.mark.parametrize("action", ["dispatch", "discard"])
    @pytest.mark.line("DB-058", "DB-061")
    def test_scheduled_ones_can_be_changed_by_filter(
        self, adapter: QueueAdapter, operator: Client, action: str
    ) -> None:
        at = clock.now() + timedelta(hours=1)
        ids = {enqueue(adapter, number, scheduled_at=at) for number in range(3)}
        form = {"action": action, "scope": "matching", "status": "scheduled", "confirmed": "yes"}

        operator.post(to(ACT), form)

        assert ids_on(operator, status="scheduled") == []
        assert set(ids_on(operator, status="ready")) == (ids if action == "dispatch" else set())

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [
            pytest.param(Outcome.FAILED, "failed", marks=pytest.mark.line("DB-062")),
            pytest.param(Outcome.PERFORMED, "finished", marks=pytest.mark.line("DB-065")),
        ],
    )
    def test_ended_ones_can_be_discarded(
        self, adapter: QueueAdapter, operator: Client, outcome: Outcome, status: str
    ) -> None:
        id = end_one(adapter, outcome)

        operator.post(
            to(ACT), {"action": "discard", "status": status, "id": id, "confirmed": "yes"}
        )

        assert inspector(adapter).find(id) is None

    def test_running_ones_are_left_alone(self, adapter: QueueAdapter, operator: Client) -> None:
        id = claim_one(adapter)

        response = operator.post(to(ACT), {"action": "discard", "id": id, "confirmed": "yes"})

        [told] = get_messages(response.wsgi_request)
        assert str(told) == "1 job had moved on meanwhile and was left alone."
        assert inspector(adapter).find(id) is not None

    @pytest.mark.line("RQ-238")
    @pytest.mark.parametrize(
        "search", ["%", "__", "'", '"', "\\", "[a-z]*(", "6F0A", "😀", "x" * 500]
    )
    def test_any_text_can_be_searched(
        self, adapter: QueueAdapter, operator: Client, search: str
    ) -> None:
        enqueue(adapter, 7)

        assert ids_on(operator, search=search) == []

    @pytest.mark.parametrize("cursor", ["nonsense", "%", "é", "x" * 5000])
    def test_a_cursor_of_no_meaning_does_no_harm(
        self, adapter: QueueAdapter, operator: Client, cursor: str
    ) -> None:
        enqueue(adapter)

        assert operator.get(to(JOBS), {"cursor": cursor}).status_code == 200

    def test_cost_the_same_queries_however_many_there_are(
        self,
        adapter: QueueAdapter,
        operator: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(60):
            enqueue(adapter, number)
        end_all(adapter, limit=30)

        with django_assert_max_num_queries(20):
            operator.get(to(JOBS))


class TestQueues:
    @pytest.mark.line("DB-077")
    def test_are_paused_and_resumed(self, adapter: QueueAdapter, operator: Client) -> None:
        enqueue(adapter)

        operator.post(to(PAUSE), {"action": "pause", "queue": "default"})
        paused = operator.get(to(QUEUES)).content.decode()
        operator.post(to(PAUSE), {"action": "resume", "queue": "default"})
        resumed = operator.get(to(QUEUES)).content.decode()

        assert "Paused" in paused
        assert "Paused" not in resumed


def at(moment: datetime) -> str:
    """A moment as the form's inputs write it, in the time zone of the project."""
    return localtime(moment).strftime("%Y-%m-%dT%H:%M")


class TestFilters:
    """Each filter, from the address to the rows."""

    @pytest.mark.line("DB-036")
    def test_priority(self, adapter: QueueAdapter, operator: Client) -> None:
        enqueue(adapter, priority=5)
        wanted = enqueue(adapter, priority=0)

        assert links_on(operator, priority="0") == [wanted]

    @pytest.mark.line("DB-037")
    def test_process(self, adapter: QueueAdapter, operator: Client) -> None:
        running = claim_one(adapter)
        enqueue(adapter)

        assert links_on(operator, process=WORKER) == [running]
        assert links_on(operator, status="running", process="e" * 32) == []

    @pytest.mark.line("DB-038")
    def test_concurrency_key(self, adapter: QueueAdapter, operator: Client) -> None:
        limit = Limit(key="shop/1", to=1, duration=60.0)
        ids = {enqueue(adapter, limit=limit), enqueue(adapter, limit=limit)}
        enqueue(adapter)

        assert set(links_on(operator, limit_key="shop/1")) == ids
        assert set(links_on(operator, limit_key="shop/1", status="blocked")) < ids

    @pytest.mark.line("DB-038")
    def test_recurring_task(self, adapter: QueueAdapter, operator: Client) -> None:
        enqueue(adapter)
        store = adapter.recurring()
        assert store is not None
        store.declare(
            [RecurringTask(key="nightly", definition={"job": "shop.ReportJob", "every": 60.0})],
            as_of=store.now(),
        )
        nightly = store.find("nightly")
        assert nightly is not None
        id = store.tick(nightly, store.now(), envelope(recurring_key="nightly"))

        assert links_on(operator, recurring="nightly") == [id]

    @pytest.mark.line("DB-039")
    @pytest.mark.parametrize("status", ["", "failed"])
    def test_error_class(self, adapter: QueueAdapter, operator: Client, status: str) -> None:
        failed = end_one(adapter, Outcome.FAILED)
        end_one(adapter, Outcome.PERFORMED)

        assert links_on(operator, error_class="shop.errors.OutOfStock", status=status) == [failed]
        assert links_on(operator, error_class="ValueError", status=status) == []

    @pytest.mark.line("DB-034")
    @pytest.mark.parametrize(
        ("time", "status"),
        [
            ("enqueued_at", "ready"),
            ("scheduled_at", "scheduled"),
            ("claimed_at", "running"),
            ("failed_at", "failed"),
            ("finished_at", "finished"),
        ],
    )
    def test_every_time(
        self, adapter: QueueAdapter, operator: Client, time: str, status: str
    ) -> None:
        present, hour = clock.now(), timedelta(hours=1)
        makes: dict[str, Callable[[], str]] = {
            "ready": lambda: enqueue(adapter),
            "scheduled": lambda: enqueue(adapter, scheduled_at=present + timedelta(minutes=5)),
            "running": lambda: claim_one(adapter),
            "failed": lambda: end_one(adapter, Outcome.FAILED),
            "finished": lambda: end_one(adapter, Outcome.PERFORMED),
        }
        id = makes[status]()

        for chosen in ("", status):
            inside = links_on(
                operator,
                status=chosen,
                time=time,
                since=at(present - hour),
                until=at(present + hour),
            )
            outside = links_on(operator, status=chosen, time=time, until=at(present - hour))
            assert (inside, outside) == ([id], [])

    @pytest.mark.line("DB-041")
    def test_arguments(self, adapter: QueueAdapter, operator: Client) -> None:
        wanted = enqueue(adapter, 4711)
        enqueue(adapter, 12)

        assert links_on(operator, search="4711") == [wanted]
        assert links_on(operator, search="_") == []
        assert links_on(operator, search="ReportJob") == []

    @pytest.mark.line("DB-041")
    def test_arguments_only_for_those_who_may_see_them(
        self, adapter: QueueAdapter, login: Login
    ) -> None:
        id = enqueue(adapter, 4711)
        client = login("view_job")

        assert links_on(client, search="4711") == []
        assert links_on(client, search="6F0A2B1C-0000-4000-8000-000000004711") == [id]
        assert "in the arguments" not in page_of(client)

    @pytest.mark.line("DB-041")
    def test_search_goes_on_where_it_stopped(
        self, adapter: QueueAdapter, operator: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "LOOKED_AT", 5)
        wanted = enqueue(adapter, 4711)
        for number in range(5):
            enqueue(adapter, number)

        first = page_of(operator, search="4711")
        [link] = re.findall(r'href="([^"]*cursor[^"]*)">Search on', first)
        second = operator.get(link.replace("&amp;", "&")).content.decode()

        assert "The filter was applied to 5 jobs" in first
        assert wanted in re.findall(r"/job/(\d+)/change/", second)

    def test_are_kept_by_tabs_and_buttons(self, adapter: QueueAdapter, operator: Client) -> None:
        kept = end_one(adapter, Outcome.FAILED)
        parameters = {"status": "failed", "error_class": "shop.errors.OutOfStock", "priority": "0"}
        page = page_of(operator, **parameters, time="failed_at", since="2026-01-01T00:00")
        form = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page))

        assert "error_class=shop.errors.OutOfStock&amp;priority=0&amp;time=failed_at" in page
        assert form["since"].startswith("2026-01-01T00:00:00")
        form |= {"action": "discard", "scope": "matching", "confirmed": "yes"}
        operator.post(to(ACT), {**form, "error_class": "ValueError"})
        assert inspector(adapter).find(kept) is not None
        operator.post(to(ACT), form)
        assert inspector(adapter).find(kept) is None

    @pytest.mark.parametrize(
        "parameters",
        [
            {"priority": "soon"},
            {"priority": "9" * 30},
            {"since": "yesterday"},
            {"since": "0001-01-01T00:00"},
            {"until": "9999-12-31T23:59"},
            {"time": "password", "since": "2026-01-01T00:00"},
            {"process": "x" * 300},
        ],
    )
    def test_what_cannot_be_asked_is_said(
        self, adapter: QueueAdapter, operator: Client, parameters: dict[str, str]
    ) -> None:
        response = operator.get(to(JOBS), parameters)

        assert response.status_code == 400
        assert b"This filter cannot be used." in response.content
        assert b'<details class="aj-further" open>' in response.content


class TestMarks:
    @pytest.mark.line("DB-031")
    def test_a_job_that_should_have_started_is_marked_late(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        late = enqueue(adapter, scheduled_at=clock.now() + timedelta(seconds=1))
        Job.objects.filter(pk=late).update(scheduled_at=clock.now() - timedelta(seconds=61))
        late_page = page_of(operator)
        Job.objects.filter(pk=late).update(scheduled_at=clock.now() - timedelta(seconds=30))
        page = page_of(operator)

        assert "late</span>" in late_page
        assert "late</span>" not in page


class TestBlockedJobs:
    @pytest.mark.line("DB-024", "DB-059")
    def test_are_listed_with_what_they_wait_for_and_can_run_now(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        limit = Limit(key="shop/1", to=1, duration=60.0)
        enqueue(adapter, limit=limit)
        blocked = enqueue(adapter, limit=limit)
        form = {"action": "dispatch", "status": "blocked", "id": blocked}

        page = page_of(operator, status="blocked")
        asked = operator.post(to(ACT), form).content.decode()
        operator.post(to(ACT), {**form, "confirmed": "yes"})

        assert links_on(operator, status="ready")[-1] == blocked
        assert "shop/1" in page
        assert "They wait neither for their time nor for the permit of a limit." in asked

    @pytest.mark.line("DB-080")
    def test_are_cleared(self, adapter: QueueAdapter, operator: Client) -> None:
        for number in range(3):
            enqueue(adapter, number)

        assert 'aria-label="Clear default"' in operator.get(to(QUEUES)).content.decode()
        form = {"action": "clear", "queue": "default", "confirmed": "yes"}
        [told] = get_messages(operator.post(to(PAUSE), form).wsgi_request)

        assert str(told) == "3 jobs are removed from the queue default."
        assert ids_on(operator, status="ready") == []

    def test_cost_the_same_queries_however_many_there_are(
        self,
        adapter: QueueAdapter,
        operator: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(40):
            adapter.enqueue(replace(envelope(number), queue_name=f"queue {number}"))

        with django_assert_max_num_queries(16):
            assert operator.get(to(QUEUES)).status_code == 200


@pytest.mark.line("DB-064")
class TestCancelling:
    def test_asks_a_running_job_to_end_and_says_since_when(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        id = claim_one(adapter)
        form = {"action": "cancel", "status": "running", "id": id, "origin": id}

        asked = operator.post(to(ACT), form).content.decode()
        assert "Cancel 1 job?" in asked
        assert "It was asked to end at" not in operator.get(to(JOB, id)).content.decode()
        operator.post(to(ACT), {**form, "confirmed": "yes"})

        assert "It was asked to end at" in operator.get(to(JOB, id)).content.decode()
        assert links_on(operator, status="running") == [id]

    def test_of_one_that_ended_so_its_page_tells(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        id = claim_one(adapter)
        operator.post(to(ACT), {"action": "cancel", "id": id, "confirmed": "yes"})

        registry = adapter.registry()
        assert registry is not None
        registry.deregister(WORKER)

        assert links_on(operator, status="finished") == [id]
        page = operator.get(to(JOB, id)).content.decode()
        assert "Discarded" in page
        assert "JobCancelled" in page
        assert "cancelled by an operator" in page
        assert "It was asked to end at" not in page


class TestSettingAside:
    @pytest.mark.line("DB-063")
    def test_moves_waiting_jobs_among_the_failed_until_someone_retries_them(
        self,
        adapter: QueueAdapter,
        operator: Client,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        limit = Limit(key="shop/1", to=1, duration=60.0)
        holder, waiting = enqueue(adapter, limit=limit), enqueue(adapter, limit=limit)
        due = enqueue(adapter, scheduled_at=clock.now() + timedelta(hours=1))
        form = {"action": "set_aside", "confirmed": "yes"}

        with django_capture_on_commit_callbacks(execute=True):
            operator.post(to(ACT), {**form, "status": "ready", "id": holder})
        operator.post(to(ACT), {**form, "status": "scheduled", "scope": "matching"})

        assert set(links_on(operator, status="failed")) == {holder, due}
        assert links_on(operator, status="ready") == [waiting]
        page = operator.get(to(JOB, holder)).content.decode()
        assert "Somebody set this job aside" in page
        operator.post(to(ACT), {"action": "retry", "id": due, "confirmed": "yes"})
        assert due in links_on(operator, status="ready")

    @pytest.mark.line("DB-063")
    def test_leaves_alone_what_runs_or_has_ended(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        ended, running = end_one(adapter, Outcome.PERFORMED), claim_one(adapter)
        form = {"action": "set_aside", "id": [ended, running], "confirmed": "yes"}

        operator.post(to(ACT), form)

        assert links_on(operator, status="finished") == [ended]
        assert links_on(operator, status="running") == [running]

    def test_needs_the_permission_to_discard(self, adapter: QueueAdapter, login: Login) -> None:
        id = enqueue(adapter)
        client = login("view_job", "retry_job", "dispatch_job")
        form = {"action": "set_aside", "id": id, "confirmed": "yes"}

        assert client.post(to(ACT), form).status_code == 403
        assert links_on(client, status="ready") == [id]
