"""The list of jobs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from django_activejob import clock
from django_activejob.contracts import QueueRecord
from tests.dashboard.addresses import JOB, JOBS, to
from tests.dashboard.conftest import Login
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import failed_record, job_record

NOW = datetime(2026, 8, 22, 18, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def show(client: Client, **parameters: str) -> str:
    """The page's HTML, with its white space squeezed."""
    response = client.get(to(JOBS), parameters)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def ids_on(page: str) -> list[str]:
    """The ids of the jobs on a page, from top to bottom."""
    return re.findall(r'name="id" value="([^"]*)"', page)


class TestTabs:
    def test_there_is_one_for_each_status_that_the_adapter_has(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.statuses = frozenset({"ready", "failed"})

        page = show(operator)

        assert re.findall(r"\?status=(\w+)", page) == ["ready", "failed"]

    @pytest.mark.line("DB-003")
    def test_they_count_jobs_up_to_a_cap(self, store: FakeInspector, operator: Client) -> None:
        records = [job_record(id=str(id)) for id in range(1, 10_003)]
        store.add(*records)

        page = show(operator)

        assert 'Ready <span class="aj-count">10,000+</span>' in page
        assert 'All <span class="aj-count">10,000+</span>' in page

    def test_the_current_one_is_marked_for_screen_readers(
        self, store: FakeInspector, operator: Client
    ) -> None:
        page = show(operator, status="failed")

        assert re.search(r'href="[^"]*\?status=failed" aria-current="page"', page)

    def test_they_keep_the_filter(self, store: FakeInspector, operator: Client) -> None:
        page = show(operator, queue="mail/ers & co")

        assert "?queue=mail%2Fers+%26+co&amp;status=failed" in page


class TestRows:
    def test_a_row_tells_what_matters(self, store: FakeInspector, operator: Client) -> None:
        store.add(failed_record(id="7", priority=-5, queue="mailers"))

        page = show(operator, status="failed")

        assert "shop.ReportJob" in page
        assert to(JOB, "7") in page
        assert "mailers" in page
        assert "-5" in page
        assert "<code>42</code>" in page
        assert "shop.errors.OutOfStock" in page
        assert "no more tea" in page

    def test_times_are_relative_with_the_whole_time_on_hover(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(job_record(enqueued_at=NOW - timedelta(minutes=5)))
        store.add(job_record(status="scheduled", scheduled_at=NOW + timedelta(hours=2, minutes=3)))

        page = show(operator)

        assert 'title="2026-08-22 17:55:00 UTC">5 min ago</time>' in page
        assert 'title="2026-08-22 20:03:00 UTC">in 2 h 3 min</time>' in page

    def test_a_class_that_this_process_lacks_is_marked(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(job_record(job_class="shop.Forgotten"))

        assert "unknown class" in show(operator)

    def test_long_arguments_are_cut(self, store: FakeInspector, operator: Client) -> None:
        store.add(job_record(arguments=["x" * 1000]))

        page = show(operator)

        assert "x" * 100 in page
        assert "x" * 200 not in page
        assert "…" in page


class TestEmptyStates:
    @pytest.mark.parametrize(
        ("status", "text"),
        [
            ("failed", "No failed jobs."),
            ("scheduled", "No scheduled jobs."),
            ("ready", "nothing waits"),
            ("finished", "cleared away"),
        ],
    )
    def test_say_what_they_mean(
        self, store: FakeInspector, operator: Client, status: str, text: str
    ) -> None:
        assert text in show(operator, status=status)

    def test_a_project_without_jobs_learns_how_one_gets_here(
        self, store: FakeInspector, operator: Client
    ) -> None:
        assert "perform_later()" in show(operator)

    def test_a_filter_without_a_match_offers_to_be_cleared(
        self, store: FakeInspector, operator: Client
    ) -> None:
        page = show(operator, status="failed", queue="nowhere")

        assert "No jobs match this filter." in page
        assert f'href="{to(JOBS)}?status=failed">Clear filter' in page


class TestFilters:
    @pytest.mark.parametrize(
        "parameters",
        [{"queue": "mail/ers %.ü"}, {"job_class": "shop.Other"}, {"search": "6F0A-other"}],
    )
    @pytest.mark.line("RQ-239")
    @pytest.mark.line("DB-032", "DB-033", "DB-040")
    def test_narrow_the_list(
        self, store: FakeInspector, operator: Client, parameters: dict[str, str]
    ) -> None:
        wanted = {"queue": "mail/ers %.ü", "job_class": "shop.Other", "job_id": "6F0A-other"}
        store.add(job_record(id="1"), job_record(id="2", **wanted))

        page = show(operator, **parameters)

        assert ids_on(page) == ["2"]

    def test_are_offered_only_where_the_adapter_has_them(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.filters = frozenset({"queue"})

        page = show(operator)

        assert 'name="queue"' in page
        assert 'name="search"' not in page
        assert 'name="job_class"' not in page

    def test_propose_the_names_at_hand(self, store: FakeInspector, operator: Client) -> None:
        store.add(job_record(job_class="shop.Rare"))
        store.queue_records = [QueueRecord(name="mailers", size=1, latency=None, paused=False)]

        page = show(operator)

        assert '<option value="shop.Rare">' in page
        assert '<option value="mailers">' in page

    @pytest.mark.line("RQ-238")
    @pytest.mark.parametrize(
        "search", ["%", "_", "'; drop table x; --", '"', "\\", "[a-z]*(", "6F0A2B1C", "😀"]
    )
    def test_search_takes_any_text(
        self, store: FakeInspector, operator: Client, search: str
    ) -> None:
        assert "No jobs match this filter." in show(operator, search=search)

    @pytest.mark.line("RQ-238")
    @pytest.mark.parametrize(
        "parameters",
        [{"search": "x" * 10_000}, {"search": "a\0b"}, {"queue": "\0"}, {"status": "bogus"}],
    )
    def test_what_cannot_be_asked_is_said_and_never_reaches_the_store(
        self, store: FakeInspector, operator: Client, parameters: dict[str, str]
    ) -> None:
        store.is_down = True

        response = operator.get(to(JOBS), parameters)

        assert response.status_code == 400
        assert b"This filter cannot be used." in response.content


@pytest.mark.line("RQ-236")
@pytest.mark.line("DB-043")
class TestPaging:
    def test_shows_every_job_once_while_others_come(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(*(job_record(id=str(id)) for id in range(1, 121)))
        seen: list[str] = []
        following: str | None = to(JOBS) + "?status=ready"

        while following:
            page = operator.get(following).content.decode()
            seen += ids_on(page)
            store.add(*(job_record(id=str(1000 + len(seen) + extra)) for extra in range(5)))
            link = re.search(r'href="([^"]*)" rel="next"', page)
            following = link and link[1].replace("&amp;", "&")

        assert seen == [str(id) for id in range(120, 0, -1)]

    def test_later_pages_lead_back_to_the_first(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(*(job_record(id=str(id)) for id in range(1, 60)))

        page = show(operator, cursor="10")

        assert f'href="{to(JOBS)}" rel="first"' in page
        assert 'rel="next"' not in page

    def test_a_page_past_the_end_says_so(self, store: FakeInspector, operator: Client) -> None:
        store.add(job_record(id="5"))

        assert "The list ends here." in show(operator, cursor="1")


class TestButtons:
    @pytest.mark.parametrize(
        ("status", "names"),
        [
            ("", ["retry", "dispatch", "cancel", "discard"]),
            ("failed", ["retry", "discard"]),
            ("scheduled", ["dispatch", "discard"]),
            ("retrying", ["dispatch", "discard"]),
            ("ready", ["discard"]),
            ("running", ["cancel"]),
        ],
    )
    def test_fit_the_status(
        self, store: FakeInspector, operator: Client, status: str, names: list[str]
    ) -> None:
        store.add(job_record(status=status or "ready"))

        page = show(operator, status=status)

        assert re.findall(r'name="action" value="(\w+)"', page) == names

    def test_fit_the_permissions(self, store: FakeInspector, login: Login) -> None:
        store.add(failed_record())

        page = show(login("view_job", "retry_job"), status="failed")

        assert re.findall(r'name="action" value="(\w+)"', page) == ["retry"]

    def test_fit_the_adapter(self, store: FakeInspector, operator: Client) -> None:
        store.add(failed_record())
        store.actions = frozenset({"discard"})

        page = show(operator, status="failed")

        assert re.findall(r'name="action" value="(\w+)"', page) == ["discard"]

    def test_all_that_match_can_be_chosen_only_within_a_status(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(failed_record())

        assert 'value="matching"' in show(operator, status="failed")
        assert 'value="matching"' not in show(operator)
