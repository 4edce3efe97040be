"""The page of the queues, and their pauses."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client

from django_activejob.contracts import QueueRecord
from tests.dashboard.addresses import JOBS, PAUSE, QUEUES, to
from tests.dashboard.conftest import Login
from tests.dashboard.fake import FakeInspector

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
            {"action": "clear", "queue": "default"},
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
