"""Retrying, discarding and dispatching jobs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.messages import get_messages
from django.test import Client

from tests.dashboard.addresses import ACT, JOB, JOBS, to
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import failed_record, job_record


@pytest.fixture
def store(store: FakeInspector) -> FakeInspector:
    """A store with three failed jobs and a scheduled one."""
    store.add(*(failed_record(id=str(id)) for id in (1, 2, 3)))
    store.add(job_record(id="4", status="scheduled"))
    return store


def order(client: Client, **form: Any) -> tuple[str, list[str]]:
    """Posts a confirmed form; gives the address that it leads to, and the messages."""
    response = client.post(to(ACT), {"confirmed": "yes", **form})
    assert response.status_code == 302
    return response["Location"], [str(message) for message in get_messages(response.wsgi_request)]


class TestTickedJobs:
    @pytest.mark.line("DB-067")
    def test_are_changed_and_counted(self, store: FakeInspector, operator: Client) -> None:
        location, told = order(operator, action="retry", status="failed", id=["1", "3"])

        assert store.changes == [("retry", "1"), ("retry", "3")]
        assert told == ["2 jobs are ready again."]
        assert location == to(JOBS) + "?status=failed"

    @pytest.mark.line("RQ-235")
    def test_that_have_moved_on_are_left_alone_and_counted(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(failed_record(id="2", status="finished"))
        del store.records["3"]

        _, told = order(operator, action="retry", status="failed", id=["1", "2", "3"])

        assert store.changes == [("retry", "1")]
        assert told == [
            "1 job is ready again.",
            "2 jobs had moved on meanwhile and were left alone.",
        ]

    @pytest.mark.line("RQ-235")
    def test_in_another_status_than_the_page_showed_are_not_discarded(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(failed_record(id="1", status="ready"))

        _, told = order(operator, action="discard", status="failed", id=["1"])

        assert store.changes == []
        assert told == ["1 job had moved on meanwhile and was left alone."]

    @pytest.mark.line("RQ-235")
    def test_a_second_click_does_nothing(self, store: FakeInspector, operator: Client) -> None:
        form = {"action": "retry", "status": "failed", "id": ["1"]}
        order(operator, **form)

        _, told = order(operator, **form)

        assert store.changes == [("retry", "1")]
        assert told[-1] == "1 job had moved on meanwhile and was left alone."

    def test_none_means_none_and_never_all(self, store: FakeInspector, operator: Client) -> None:
        _, told = order(operator, action="discard", status="failed")

        assert store.changes == []
        assert told == ["No job was ticked, so nothing was done."]

    def test_impossible_ids_mean_none_too(self, store: FakeInspector, operator: Client) -> None:
        order(operator, action="discard", status="failed", id=["\0", "", "x" * 300])

        assert store.changes == []


class TestAllThatMatch:
    @pytest.mark.line("DB-068")
    def test_are_those_of_the_filter(self, store: FakeInspector, operator: Client) -> None:
        store.add(failed_record(id="9", queue="mailers"))

        order(operator, action="retry", scope="matching", status="failed", queue="mailers")

        assert store.changes == [("retry", "9")]

    @pytest.mark.line("DB-069")
    def test_are_bounded_and_the_rest_is_told(self, store: FakeInspector, operator: Client) -> None:
        store.add(*(failed_record(id=str(id)) for id in range(100, 1200)))

        _, told = order(operator, action="retry", scope="matching", status="failed")

        assert store.limits == [1000]
        assert told == [
            "1000 jobs are ready again.",
            "That was the most that one action does: more jobs match. Do it again for those.",
        ]

    def test_none_any_more_is_told(self, store: FakeInspector, operator: Client) -> None:
        store.records.clear()

        _, told = order(operator, action="retry", scope="matching", status="failed")

        assert told == ["No job matched any more, so nothing was done."]

    @pytest.mark.parametrize("status", ["", "ready"])
    def test_have_to_be_of_one_status_that_the_action_is_for(
        self, store: FakeInspector, operator: Client, status: str
    ) -> None:
        form = {"action": "retry", "scope": "matching", "status": status, "confirmed": "yes"}

        assert operator.post(to(ACT), form).status_code == 400
        assert store.changes == []

    def test_are_nobody_when_the_filter_is_wrong(
        self, store: FakeInspector, operator: Client
    ) -> None:
        form = {"action": "discard", "scope": "matching", "status": "failed", "queue": "x" * 300}

        assert operator.post(to(ACT), {**form, "confirmed": "yes"}).status_code == 400
        assert store.changes == []


class TestAskingBack:
    @pytest.mark.line("DB-071")
    def test_changes_nothing_and_carries_the_form_on(
        self, store: FakeInspector, operator: Client
    ) -> None:
        response = operator.post(
            to(ACT), {"action": "discard", "status": "failed", "id": ["1", "2"], "scope": "ticked"}
        )
        page = response.content.decode()

        assert response.status_code == 200
        assert "Discard 2 jobs?" in page
        assert "removed for good" in page
        for name, value in [("action", "discard"), ("status", "failed"), ("id", "1"), ("id", "2")]:
            assert f'type="hidden" name="{name}" value="{value}"' in page
        assert store.changes == []

    def test_says_when_more_match_than_one_action_changes(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(*(failed_record(id=str(id)) for id in range(100, 1200)))

        page = operator.post(
            to(ACT), {"action": "retry", "status": "failed", "scope": "matching"}
        ).content.decode()

        assert "Retry 1103 jobs?" in page
        assert "1,103 jobs match. One action changes 1,000 of them at most" in page
        assert "and 1,093 more" in page

    def test_says_when_nothing_is_left_to_do(self, store: FakeInspector, operator: Client) -> None:
        page = operator.post(to(ACT), {"action": "retry", "status": "failed", "id": "4"})

        assert b"These jobs have moved on." in page.content

    def test_keeps_to_the_filter_on_the_way_back(
        self, store: FakeInspector, operator: Client
    ) -> None:
        page = operator.post(
            to(ACT), {"action": "retry", "status": "failed", "queue": "default", "id": "1"}
        )

        assert f'href="{to(JOBS)}?status=failed&amp;queue=default"' in page.content.decode()


class TestFromTheJobsPage:
    def test_a_retry_leads_back_to_the_job(self, store: FakeInspector, operator: Client) -> None:
        location, _ = order(operator, action="retry", status="failed", id="1", origin="1")

        assert location == to(JOB, "1")

    def test_a_discard_leads_to_the_list(self, store: FakeInspector, operator: Client) -> None:
        location, _ = order(operator, action="discard", status="failed", id="1", origin="1")

        assert location == to(JOBS) + "?status=failed"

    def test_a_discard_is_asked_back(self, store: FakeInspector, operator: Client) -> None:
        page = operator.get(to(JOB, "1")).content.decode()

        retry, discard = page.split('value="retry"')[0], page.split('value="retry"')[1]
        assert 'name="confirmed"' in retry
        assert 'name="confirmed"' not in discard.split("</form>", 1)[1].split("</form>")[0]


class TestRefusals:
    @pytest.mark.parametrize("action", ["", "perform", "find", "__class__"])
    def test_an_unknown_action_is_a_bad_request(
        self, store: FakeInspector, operator: Client, action: str
    ) -> None:
        form = {"action": action, "id": "1", "confirmed": "yes"}

        assert operator.post(to(ACT), form).status_code == 400
        assert store.changes == []

    def test_an_action_that_the_adapter_lacks_is_told(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.actions = frozenset()

        _, told = order(operator, action="retry", status="failed", id="1")

        assert told == ["This adapter does not offer that."]
        assert not LogEntry.objects.exists()


class TestLog:
    @pytest.mark.line("DB-072")
    def test_notes_who_did_what_to_a_job(self, store: FakeInspector, operator: Client) -> None:
        order(operator, action="retry", status="failed", id="1")

        entry = LogEntry.objects.get()
        assert entry.user_id == int(operator.session["_auth_user_id"])
        assert entry.action_flag == CHANGE
        assert entry.object_id == "1"
        assert entry.object_repr.startswith("shop.ReportJob 6f0a2b1c")
        assert entry.change_message == "Retry: 1 job. Ids: 1"
        assert entry.get_admin_url() == to(JOB, "1")

    def test_notes_many_jobs_once(self, store: FakeInspector, operator: Client) -> None:
        order(operator, action="discard", scope="matching", status="failed", queue="default")

        entry = LogEntry.objects.get()
        assert entry.action_flag == DELETION
        assert entry.object_id is None
        assert entry.change_message == "Discard: 3 jobs. All with: status=failed, queue=default"

    def test_notes_nothing_where_nothing_was_done(
        self, store: FakeInspector, operator: Client
    ) -> None:
        order(operator, action="retry", status="failed", id="404")

        assert not LogEntry.objects.exists()
