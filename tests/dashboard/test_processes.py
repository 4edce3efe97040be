"""The page of the processes, and orders to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client

from django_activejob import clock
from tests.dashboard.addresses import COMMAND, JOB, PROCESSES, to
from tests.dashboard.conftest import Login
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import job_record, process_record


@pytest.fixture
def store(store: FakeInspector) -> FakeInspector:
    """A store with a supervisor of a worker and a dispatcher, and a worker on another host."""
    store.process_records = [
        process_record(id="p1"),
        process_record(
            id="p2",
            kind="dispatcher",
            pid=4712,
            metadata={"name": "upkeep", "supervisor_pid": 4000, "duties": ["dispatcher"]},
        ),
        process_record(id="p3", hostname="<b>attic", pid=9, said={"supervisor_pid": 1}),
    ]
    return store


def page_of(client: Client) -> str:
    return client.get(to(PROCESSES)).content.decode()


class TestPage:
    @pytest.mark.line("DB-083")
    def test_tells_host_pid_and_heartbeat_of_all_kinds(
        self, store: FakeInspector, operator: Client
    ) -> None:
        page = page_of(operator)

        assert "pid 4711" in page
        assert "pid 4712" in page
        assert "&lt;b&gt;attic" in page
        assert "Worker" in page
        assert "Dispatcher" in page
        assert "2 s ago" in page
        assert "2 h ago" in page

    @pytest.mark.line("DB-084")
    def test_groups_processes_under_their_supervisors(
        self, store: FakeInspector, operator: Client
    ) -> None:
        page = page_of(operator)

        first, second = (
            page.index("runjobs on &lt;b&gt;attic, pid 1"),
            page.index("runjobs on büro"),
        )
        assert first < page.index("pid 9<") < second < page.index("worker 1", second)
        assert "runjobs on büro, pid 4000" in page
        assert "2 processes" in page

    @pytest.mark.line("DB-086", "DB-087")
    def test_tells_queues_busy_threads_memory_and_load(
        self, store: FakeInspector, operator: Client
    ) -> None:
        page = page_of(operator)

        assert "default, mailers" in page
        assert "3 / 5" in page
        assert "70.0\xa0MB" in page
        assert "0.50" in page

    @pytest.mark.line("DB-085")
    def test_lists_the_jobs_that_a_process_runs(
        self, store: FakeInspector, operator: Client
    ) -> None:
        now = clock.now()
        running = {"status": "running", "process_id": "p1", "claimed_at": now}
        store.add(*(job_record(id=str(number), **running) for number in range(1, 8)))
        store.add(job_record(id="8", **{**running, "process_id": "somebody else"}))

        page = page_of(operator)

        assert page.count("/change/") == 5
        assert to(JOB, "7") in page
        assert "and 2 more" in page

    def test_shows_no_jobs_to_those_who_may_not_see_them(
        self, store: FakeInspector, login: Login
    ) -> None:
        store.add(job_record(id="1", status="running", process_id="p1"))

        page = login("view_process").get(to(PROCESSES)).content.decode()

        assert "worker 1" in page
        assert "shop.ReportJob" not in page

    @pytest.mark.line("DB-091")
    def test_marks_the_silent(self, store: FakeInspector, operator: Client) -> None:
        assert "Silent" not in page_of(operator)
        store.process_records = [process_record(beat_at=clock.now() - timedelta(seconds=21))]

        assert "Silent" in page_of(operator)

    @pytest.mark.line("DB-089")
    def test_marks_the_quiet_and_offers_them_no_quiet(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.process_records = [process_record(said={"quiet": True})]

        page = page_of(operator)

        assert ">Quiet</span>" in page
        assert 'value="quiet"' not in page
        assert 'value="stop"' in page

    def test_without_processes_says_how_to_start_one(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.process_records = []

        assert "manage.py runjobs" in page_of(operator)

    @pytest.mark.parametrize(
        "metadata",
        [
            {},
            {"name": 7, "threads": "five", "busy": None, "memory": [], "load": True},
            {"queues": "default", "duties": {"worker": 1}, "supervisor_pid": "x"},
            {"name": "a\0b" * 1000, "queues": [1, None], "memory": 10**30, "load": -1.5},
        ],
    )
    def test_shows_a_process_whatever_it_says_of_itself(
        self, store: FakeInspector, operator: Client, metadata: dict[str, Any]
    ) -> None:
        store.process_records = [process_record(metadata=metadata)]

        assert operator.get(to(PROCESSES)).status_code == 200

    def test_has_no_buttons_that_the_adapter_lacks(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.actions = frozenset()

        assert 'name="action"' not in page_of(operator)


class TestOrders:
    @pytest.mark.line("DB-089")
    def test_quiet_is_given_told_and_logged(self, store: FakeInspector, operator: Client) -> None:
        response = operator.post(to(COMMAND), {"action": "quiet", "process": ["p1", "p3"]})

        assert store.changes == [("quiet", "p1"), ("quiet", "p3")]
        [message] = get_messages(response.wsgi_request)
        assert str(message) == "2 processes take no more jobs from their next beat on."
        first, _ = LogEntry.objects.order_by("id")
        assert (first.object_repr, first.change_message) == (
            "worker 1 (pid 4711 on büro)",
            "Quiet",
        )

    @pytest.mark.line("DB-090")
    def test_stop_is_asked_back_first(self, store: FakeInspector, operator: Client) -> None:
        form: dict[str, Any] = {"action": "stop", "process": ["p1"]}

        question = operator.post(to(COMMAND), form)

        assert store.changes == []
        assert "Stop 1 process?" in question.content.decode()
        assert "worker 1 (pid 4711 on büro)" in question.content.decode()

        operator.post(to(COMMAND), {**form, "confirmed": "yes"})

        assert store.changes == [("stop", "p1")]

    def test_a_process_that_ended_meanwhile_is_told(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.ended = {"p1"}

        response = operator.post(
            to(COMMAND), {"action": "stop", "process": ["p1", "p3"], "confirmed": "yes"}
        )

        assert [str(message) for message in get_messages(response.wsgi_request)] == [
            "1 process is told to stop with its next beat.",
            "1 process has ended.",
        ]

    def test_for_processes_that_nobody_knows_do_nothing(
        self, store: FakeInspector, operator: Client
    ) -> None:
        response = operator.post(to(COMMAND), {"action": "stop", "process": "unknown"})

        [message] = get_messages(response.wsgi_request)
        assert str(message) == "These processes have ended, so nothing was done."
        assert store.changes == []

    def test_an_adapter_that_offers_none_says_so(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.actions = frozenset()

        response = operator.post(to(COMMAND), {"action": "quiet", "process": "p1"})

        [message] = get_messages(response.wsgi_request)
        assert str(message) == "This adapter does not offer that."
        assert store.changes == []

    @pytest.mark.parametrize("form", [{}, {"action": "kill", "process": "p1"}])
    def test_a_form_that_makes_no_sense_is_a_bad_request(
        self, store: FakeInspector, operator: Client, form: dict[str, str]
    ) -> None:
        assert operator.post(to(COMMAND), form).status_code == 400
        assert store.changes == []
