"""The pages of the concurrency limits, over real tables."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from django_activejob import handler
from django_activejob.contracts import JobQuery, Limit, QueueAdapter
from django_activejob.testing.contracts.furniture import Worker, envelope
from tests.dashboard.addresses import JOB, JOBS, RELEASE, SEMAPHORE, SEMAPHORES, to
from tests.dashboard.conftest import Login

KEY = "shop.Report/<b>7"
QUOTED = "shop.Report_2F_3Cb_3E7"


@pytest.fixture
def adapter(settings: Settings, db: None) -> QueueAdapter:
    """The database adapter, with nothing in its tables."""
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "database"}
    return handler.adapter()


def enqueue(adapter: QueueAdapter, *arguments: Any, key: str = KEY) -> str:
    limit = Limit(key=key, to=1, duration=180.0)
    return str(adapter.enqueue(envelope(*arguments, limit=limit)))


@pytest.fixture
def held(adapter: QueueAdapter) -> str:
    """The id of a job that runs with the only permit, while another waits for it."""
    id = enqueue(adapter, "s3cret")
    enqueue(adapter, "waits")
    Worker(adapter).claim_one()
    return id


def page_of(client: Client, name: str = SEMAPHORES, *captured: str) -> str:
    return client.get(to(name, *captured)).content.decode()


def statuses(adapter: QueueAdapter) -> dict[str, int]:
    inspector = adapter.inspector()
    assert inspector is not None
    counted = {
        status: inspector.count(JobQuery(status=status)).number for status in inspector.statuses
    }
    return {status: number for status, number in counted.items() if number}


class TestList:
    @pytest.mark.line("DB-082")
    def test_tells_holders_blocked_and_expiry(self, held: str, operator: Client) -> None:
        page = page_of(operator)

        assert "shop.Report/&lt;b&gt;7" in page
        assert "1 / 1" in page
        assert '<td class="aj-number">1</td>' in page
        assert ">in 2 min<" in page or ">in 3 min<" in page
        assert "3 min" in page

    def test_goes_on_page_by_page(self, adapter: QueueAdapter, operator: Client) -> None:
        for number in range(51):
            enqueue(adapter, key=f"key {number:02}")

        first = page_of(operator)
        second = operator.get(to(SEMAPHORES), {"cursor": "key 49"}).content.decode()

        assert ("key 49" in first, "key 50" in first) == (True, False)
        assert "?cursor=key+49" in first
        assert ("key 49<" in second, "key 50<" in second) == (False, True)

    def test_costs_few_queries(
        self,
        adapter: QueueAdapter,
        operator: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(60):
            enqueue(adapter, key=f"key {number:02}")

        with django_assert_max_num_queries(60):
            operator.get(to(SEMAPHORES))

    @pytest.mark.parametrize("cursor", ["a\0b", "\x7f", "x" * 2000, "☃"])
    def test_a_cursor_of_no_meaning_does_no_harm(
        self, held: str, operator: Client, cursor: str
    ) -> None:
        assert operator.get(to(SEMAPHORES), {"cursor": cursor}).status_code == 200

    def test_without_limits_says_what_they_are(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        assert "limits_concurrency" in page_of(operator)

    def test_an_adapter_without_limits_has_no_such_pages(
        self, settings: Settings, operator: Client
    ) -> None:
        settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "tests.dashboard.fake.FakeAdapter"}

        assert operator.get(to(SEMAPHORES)).status_code == 404
        assert operator.get(to(SEMAPHORE, "k")).status_code == 404
        assert operator.post(to(RELEASE), {"key": "k"}).status_code == 404
        ways = page_of(operator, JOBS).partition('class="aj-ways"')[2].partition("</nav>")[0]
        assert "Queues" in ways
        assert "Semaphores" not in ways


class TestOne:
    @pytest.mark.line("DB-082")
    def test_tells_its_holders(self, held: str, operator: Client, login: Login) -> None:
        page = page_of(operator, SEMAPHORE, QUOTED)

        assert to(JOB, held) in page
        assert "Running" in page
        assert "s3cret" in page

        page = page_of(login("view_semaphore"), SEMAPHORE, QUOTED)

        assert "shop.ReportJob" in page
        assert to(JOB, held) not in page
        assert "s3cret" not in page

    @pytest.mark.parametrize("key", ["nobody", "x" * 400, "a\0b"])
    def test_of_which_nobody_holds_a_permit_says_so(
        self, adapter: QueueAdapter, operator: Client, key: str
    ) -> None:
        assert "No job holds a permit" in page_of(operator, SEMAPHORE, key)


class TestReleasing:
    @pytest.mark.line("DB-082")
    @pytest.mark.parametrize("names_the_holder", [True, False])
    def test_gives_the_permit_to_a_job_that_waits_after_asking_back(
        self,
        adapter: QueueAdapter,
        held: str,
        operator: Client,
        names_the_holder: bool,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        form = {"key": KEY, **({"holder": held} if names_the_holder else {})}

        question = operator.post(to(RELEASE), form).content.decode()
        assert "more jobs than the limit allows" in question
        assert statuses(adapter) == {"running": 1, "blocked": 1}

        with django_capture_on_commit_callbacks(execute=True):
            response = operator.post(to(RELEASE), {**form, "confirmed": "yes"})

        assert statuses(adapter) == {"running": 1, "ready": 1}
        [message] = get_messages(response.wsgi_request)
        assert str(message) == "1 permit is released."
        assert LogEntry.objects.get().object_repr == KEY

    def test_of_a_job_that_has_ended_changes_nothing(
        self, adapter: QueueAdapter, held: str, operator: Client
    ) -> None:
        form = {"key": KEY, "holder": "999999", "confirmed": "yes"}

        response = operator.post(to(RELEASE), form)

        [message] = get_messages(response.wsgi_request)
        assert "nothing was done" in str(message)
        assert statuses(adapter) == {"running": 1, "blocked": 1}
        assert not LogEntry.objects.exists()

    @pytest.mark.parametrize("form", [{}, {"key": "x" * 300}, {"key": "k", "holder": "a\0"}])
    def test_a_form_that_makes_no_sense_is_a_bad_request(
        self, adapter: QueueAdapter, operator: Client, form: dict[str, str]
    ) -> None:
        assert operator.post(to(RELEASE), form).status_code == 400

    @pytest.mark.line("DB-105", "DB-107", "RQ-231", "RQ-232")
    def test_needs_its_permission_a_post_and_a_token(
        self,
        adapter: QueueAdapter,
        held: str,
        operator: Client,
        login: Login,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        form = {"key": KEY, "confirmed": "yes"}
        watcher = login("view_job", "view_semaphore", "view_arguments", "discard_job")

        assert watcher.post(to(RELEASE), form).status_code == 403
        assert "aj-removes" not in page_of(watcher, SEMAPHORE, QUOTED)
        assert login("release_semaphore").post(to(RELEASE), form).status_code == 403
        assert operator.get(to(RELEASE), form).status_code == 405
        operator.handler.enforce_csrf_checks = True
        assert operator.post(to(RELEASE), form).status_code == 403
        assert statuses(adapter) == {"running": 1, "blocked": 1}
        allowed = login("view_semaphore", "release_semaphore")
        with django_capture_on_commit_callbacks(execute=True):
            assert allowed.post(to(RELEASE), form).status_code == 302
        assert statuses(adapter) == {"running": 1, "ready": 1}
