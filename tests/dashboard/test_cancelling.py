"""Cancelling jobs that run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.messages import get_messages
from django.test import Client

from django_activejob import clock
from tests.dashboard.addresses import ACT, JOB, JOBS, to
from tests.dashboard.conftest import Login
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import failed_record, job_record

pytestmark = pytest.mark.line("DB-064")

BUTTON = 'value="cancel"'


@pytest.fixture
def store(store: FakeInspector) -> FakeInspector:
    """A store with two running jobs and a failed one."""
    store.add(*(job_record(id=str(id), status="running") for id in (1, 2)))
    store.add(failed_record(id="3"))
    return store


class TestButton:
    def test_stands_on_the_page_of_a_running_job(
        self, store: FakeInspector, operator: Client
    ) -> None:
        assert BUTTON in operator.get(to(JOB, "1")).content.decode()
        assert BUTTON not in operator.get(to(JOB, "3")).content.decode()

    def test_stands_over_the_list_of_running_jobs(
        self, store: FakeInspector, operator: Client
    ) -> None:
        assert BUTTON in operator.get(to(JOBS) + "?status=running").content.decode()
        assert BUTTON not in operator.get(to(JOBS) + "?status=failed").content.decode()

    @pytest.mark.parametrize("page", [to(JOB, "1"), to(JOBS) + "?status=running"])
    def test_is_missing_where_the_adapter_does_not_offer_it(
        self, store: FakeInspector, operator: Client, page: str
    ) -> None:
        store.actions -= {"cancel"}

        assert BUTTON not in operator.get(page).content.decode()

    @pytest.mark.parametrize("page", [to(JOB, "1"), to(JOBS) + "?status=running"])
    def test_is_missing_without_its_permission(
        self, store: FakeInspector, login: Login, page: str
    ) -> None:
        client = login("view_job", "discard_job", "retry_job", "dispatch_job")

        assert BUTTON not in client.get(page).content.decode()

    def test_is_gone_once_the_job_was_asked(self, store: FakeInspector, operator: Client) -> None:
        store.add(job_record(id="1", status="running", cancel_asked_at=clock.now()))

        assert BUTTON not in operator.get(to(JOB, "1")).content.decode()


class TestAsking:
    @pytest.mark.parametrize("origin", [{}, {"origin": "1"}], ids=["list", "page"])
    def test_asks_back_first(
        self, store: FakeInspector, operator: Client, origin: dict[str, str]
    ) -> None:
        form = {"action": "cancel", "status": "running", "id": "1", **origin}

        page = operator.post(to(ACT), form).content.decode()

        assert "Cancel 1 job?" in page
        assert "at their next checkpoint" in page
        assert store.changes == []

    def test_a_jobs_page_does_not_answer_for_people(
        self, store: FakeInspector, operator: Client
    ) -> None:
        page = operator.get(to(JOB, "1")).content.decode()

        form = page.split(BUTTON)[0].rsplit("<form", 1)[1]
        assert 'name="confirmed"' not in form

    def test_asks_ticked_jobs_and_says_so(self, store: FakeInspector, operator: Client) -> None:
        form = {"action": "cancel", "status": "running", "id": ["1", "2"], "confirmed": "yes"}

        response = operator.post(to(ACT), form)

        assert store.changes == [("cancel", "1"), ("cancel", "2")]
        [told] = get_messages(response.wsgi_request)
        assert str(told) == "2 jobs are asked to end, at their next checkpoints."
        assert response["Location"] == to(JOBS) + "?status=running"

    def test_asks_all_that_match(self, store: FakeInspector, operator: Client) -> None:
        form = {"action": "cancel", "status": "running", "scope": "matching", "confirmed": "yes"}

        operator.post(to(ACT), form)

        assert store.changes == [("cancel", "1"), ("cancel", "2")]

    def test_leaves_alone_what_has_ended(self, store: FakeInspector, operator: Client) -> None:
        form = {"action": "cancel", "status": "running", "id": ["3"], "confirmed": "yes"}

        response = operator.post(to(ACT), form)

        assert store.changes == []
        [told] = get_messages(response.wsgi_request)
        assert str(told) == "1 job had moved on meanwhile and was left alone."

    def test_is_noted_in_the_log(self, store: FakeInspector, operator: Client) -> None:
        operator.post(
            to(ACT),
            {"action": "cancel", "status": "running", "id": "1", "origin": "1", "confirmed": "yes"},
        )

        entry = LogEntry.objects.get()
        assert (entry.action_flag, entry.change_message) == (CHANGE, "Cancel: 1 job. Ids: 1")

    def test_an_adapter_that_does_not_offer_it_is_told_of(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.actions -= {"cancel"}

        response = operator.post(
            to(ACT), {"action": "cancel", "status": "running", "id": "1", "confirmed": "yes"}
        )

        assert [str(told) for told in get_messages(response.wsgi_request)] == [
            "This adapter does not offer that."
        ]


class TestOneWhoMayNot:
    def test_changes_nothing(self, store: FakeInspector, login: Login) -> None:
        client = login("view_job", "view_arguments", "discard_job", "retry_job", "control_process")

        response = client.post(to(ACT), {"action": "cancel", "id": "1", "confirmed": "yes"})

        assert response.status_code == 403
        assert store.changes == []

    def test_gets_nothing_by_a_get(self, store: FakeInspector, operator: Client) -> None:
        response = operator.get(to(ACT) + "?action=cancel&id=1&confirmed=yes")

        assert response.status_code == 405
        assert store.changes == []

    def test_needs_the_token_of_the_form(self, store: FakeInspector, operator: Client) -> None:
        operator.handler.enforce_csrf_checks = True

        response = operator.post(to(ACT), {"action": "cancel", "id": "1", "confirmed": "yes"})

        assert response.status_code == 403
        assert store.changes == []


class TestOnceAsked:
    def test_a_jobs_page_says_that_and_when(self, store: FakeInspector, operator: Client) -> None:
        asked_at = clock.now() - timedelta(minutes=5)
        store.add(job_record(id="1", status="running", cancel_asked_at=asked_at))

        page = operator.get(to(JOB, "1")).content.decode()

        assert "It was asked to end at" in page
        assert "5 min ago" in page
        assert '<th scope="row">Asked to end</th>' in page

    def test_a_list_marks_the_job(self, store: FakeInspector, operator: Client) -> None:
        mark = "It was asked to end, and has not yet done so."
        assert mark not in operator.get(to(JOBS)).content.decode()
        store.add(job_record(id="1", status="running", cancel_asked_at=clock.now()))

        assert mark in operator.get(to(JOBS)).content.decode()

    def test_other_jobs_say_nothing(self, store: FakeInspector, operator: Client) -> None:
        assert "asked to end" not in operator.get(to(JOB, "1")).content.decode()
