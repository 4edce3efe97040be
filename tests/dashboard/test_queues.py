"""The page of the queues, and their pauses."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client

from django_activejob import clock
from django_activejob.contracts import Count, QueueRecord, Tally
from tests.dashboard.addresses import JOBS, PAUSE, QUEUES, to
from tests.dashboard.conftest import Login
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import job_record

ODD = "mail/ers.% <b>ü"


@pytest.fixture
def store(store: FakeInspector) -> FakeInspector:
    """A store with a busy queue and a paused one."""
    store.queue_records = [
        QueueRecord(name="default", size=12_345, latency=3723.4, paused=False),
        QueueRecord(name=ODD, size=0, latency=None, paused=True),
    ]
    return store


class TestPage:
    @pytest.mark.line("DB-073", "DB-074")
    def test_tells_size_latency_and_pause(self, store: FakeInspector, operator: Client) -> None:
        page = operator.get(to(QUEUES)).content.decode()

        assert "12,345" in page
        assert "1 h 2 min" in page
        assert "Paused" in page
        assert 'aria-label="Pause default"' in page

    @pytest.mark.line("RQ-239")
    def test_a_name_may_hold_any_character(self, store: FakeInspector, operator: Client) -> None:
        page = operator.get(to(QUEUES)).content.decode()

        assert "mail/ers.% &lt;b&gt;ü" in page
        assert f"{to(JOBS)}?status=ready&amp;queue=mail%2Fers.%25+%3Cb%3E%C3%BC" in page

    def test_without_queues_says_what_that_means(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.queue_records = []

        assert b"No queue yet." in operator.get(to(QUEUES)).content

    def test_has_no_buttons_that_the_adapter_lacks(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.actions = frozenset()

        assert b'name="action"' not in operator.get(to(QUEUES)).content

    def test_links_to_no_jobs_for_those_who_may_not_see_them(
        self, store: FakeInspector, login: Login
    ) -> None:
        page = login("view_pause").get(to(QUEUES)).content.decode()

        assert to(JOBS) not in page


class TestPausing:
    @pytest.mark.line("RQ-239")
    @pytest.mark.parametrize(("action", "text"), [("pause", "is paused"), ("resume", "is resumed")])
    def test_is_done_told_and_logged(
        self, store: FakeInspector, operator: Client, action: str, text: str
    ) -> None:
        response = operator.post(to(PAUSE), {"action": action, "queue": ODD})

        assert store.changes == [(action, ODD)]
        [message] = get_messages(response.wsgi_request)
        assert text in str(message)
        entry = LogEntry.objects.get()
        assert entry.object_repr == ODD
        assert text in entry.change_message

    @pytest.mark.parametrize(
        "form",
        [
            {"action": "explode", "queue": "default"},
            {"action": "clear"},
            {"queue": "default"},
            {"action": "pause"},
            {"action": "pause", "queue": "a\0b"},
            {"action": "pause", "queue": "x" * 300},
        ],
    )
    def test_a_form_that_makes_no_sense_is_a_bad_request(
        self, store: FakeInspector, operator: Client, form: dict[str, str]
    ) -> None:
        assert operator.post(to(PAUSE), form).status_code == 400
        assert store.changes == []


class TestCounts:
    @pytest.mark.line("DB-075")
    def test_each_status_has_its_number_and_leads_to_its_jobs(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.counts = {
            "default": {"failed": Count(number=7), "running": Count(number=1200)},
            "night": {"scheduled": Count(number=10_001, capped=True)},
        }

        page = operator.get(to(QUEUES)).content.decode()

        assert f'{to(JOBS)}?status=failed&amp;queue=default" class="aj-bad">7</a>' in page
        assert ">1,200</a>" in page
        assert f'{to(JOBS)}?status=scheduled&amp;queue=night">10,001+</a>' in page

    def test_are_left_out_where_the_adapter_has_none(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.sections = frozenset()

        page = operator.get(to(QUEUES)).content.decode()

        assert "Retrying" not in page
        assert "<svg" not in page.partition('id="aj-queues-list"')[2].partition("</table>")[0]

    @pytest.mark.line("DB-076")
    def test_the_last_hour_is_drawn(self, store: FakeInspector, operator: Client) -> None:
        now = int(clock.now().timestamp())
        store.tally_records = [
            Tally(began=now - now % 120 - 1200, queue="default", performed=40),
            Tally(began=now - now % 120 - 2400, queue="default", performed=10, failed=10),
            Tally(began=now - now % 120 - 90_000, queue="default", performed=5),
        ]

        page = operator.get(to(QUEUES)).content.decode()

        assert 'aria-label="60 jobs ran"' in page
        assert '<rect x="57" y="0" width="2" height="20"/>' in page
        assert '<rect x="27" y="10" width="2" height="10"/>' in page


class TestClearing:
    @pytest.mark.line("DB-080")
    def test_asks_back_with_the_number(self, store: FakeInspector, operator: Client) -> None:
        store.add(*(job_record(queue="default") for _ in range(4)))
        store.add(job_record(queue="default", status="running"))

        page = operator.post(to(PAUSE), {"action": "clear", "queue": "default"})

        assert "Clear the queue default?" in page.content.decode()
        assert "4 jobs wait in it." in page.content.decode()
        assert store.changes == []

    @pytest.mark.line("DB-080")
    def test_is_done_told_and_logged(self, store: FakeInspector, operator: Client) -> None:
        form = {"action": "clear", "queue": ODD, "confirmed": "yes"}

        response = operator.post(to(PAUSE), form)

        assert store.changes == [("clear", ODD)]
        [message] = get_messages(response.wsgi_request)
        assert str(message) == f"3 jobs are removed from the queue {ODD}."
        assert LogEntry.objects.get().object_repr == ODD

    def test_an_adapter_that_cannot_says_so(self, store: FakeInspector, operator: Client) -> None:
        store.actions = frozenset()

        response = operator.post(
            to(PAUSE), {"action": "clear", "queue": "default", "confirmed": "yes"}
        )

        [message] = get_messages(response.wsgi_request)
        assert str(message) == "This adapter does not offer that."
