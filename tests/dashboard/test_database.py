"""The pages over real tables."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from django_activejob import clock, handler
from django_activejob.contracts import (
    Envelope,
    Execution,
    Inspector,
    Outcome,
    ProcessRecord,
    QueueAdapter,
    Settlement,
    Source,
)
from tests.dashboard.addresses import ACT, JOB, JOBS, PAUSE, QUEUES, to
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
