"""Our admin pages over what Ruby writes."""

from __future__ import annotations

import html

import pytest
from django.contrib.auth.models import User
from django.test import Client

from django_activejob.contracts import Inspector, JobQuery
from tests.dashboard.addresses import JOB, JOBS, OVERVIEW, PROCESSES, QUEUES, RAW, to
from tests.interop.conftest import Shared
from tests.interop.rails import Console
from tests.interop.test_jobs import VALUES
from tests.waiting import until

pytestmark = [
    pytest.mark.needs("redis", "ruby"),
    pytest.mark.usefixtures("site"),
    pytest.mark.django_db,
]

STATUSES = ("ready", "scheduled", "running", "retrying", "failed")


@pytest.fixture
def admin() -> Client:
    """Someone who may see and do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    return client


def text_of(admin: Client, address: str) -> str:
    """The text of a page that has to be there."""
    response = admin.get(address)
    assert response.status_code == 200, address
    return html.unescape(response.text)


class TestPages:
    @pytest.fixture(autouse=True)
    def rubys_jobs(self, shared: Shared, rails: Console) -> None:
        """Jobs of every kind, which Ruby has enqueued, and failed at."""
        shared.break_down()
        shared.sidekiq("ruby")
        rails.ask("enqueue", "BreakableJob", ["retried"], {"queue": "ruby"})
        rails.ask("push", "HardWorker", ["dead", {"a": 1}], {"queue": "ruby", "retry": 0})
        rails.ask("push_in", "HardWorker", 3600, ["scheduled"], {"queue": "python"})
        for sample in VALUES:
            rails.ask("enqueue_sample", sample, {"queue": "python"})
        shared.client.lpush("queue:python", "this is { not json")
        until(lambda: shared.client.zcard("retry") and shared.client.zcard("dead"))

    def test_lists_show_them(self, admin: Client) -> None:
        pages = {status: text_of(admin, f"{to(JOBS)}?status={status}") for status in STATUSES}

        assert pages["ready"].count("EchoJob") >= len(VALUES)
        assert "HardWorker" in pages["scheduled"]
        assert "BreakableJob" in pages["retrying"]
        assert "BrokenError" in pages["retrying"]
        assert "HardWorker" in pages["failed"]
        assert "python" in text_of(admin, to(QUEUES))
        text_of(admin, to(OVERVIEW))
        text_of(admin, to(PROCESSES))

    def test_each_job_has_its_page(self, admin: Client, rails: Console) -> None:
        read = rails.ask("read")
        [failed], [retried] = read["dead"], read["retries"]

        assert "broken é世" in text_of(admin, to(JOB, failed["jid"]))
        assert "broken é世" in text_of(admin, to(JOB, retried["jid"]))
        assert "HardWorker" in text_of(admin, to(RAW, failed["jid"]))

    def test_arguments_of_every_kind_are_shown(self, admin: Client, inspector: Inspector) -> None:
        jobs = inspector.jobs(JobQuery(status="ready"), limit=50).jobs

        pages = " ".join(text_of(admin, to(JOB, job.id)) for job in jobs)

        for shown in (
            "é世😀",
            "1208925819614629174706176",
            "2026-08-22",
            "gid://testproject/Person/7",
        ):
            assert shown in pages
