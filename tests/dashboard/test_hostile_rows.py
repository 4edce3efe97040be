"""Pages over tables that hold what no enqueuer of ours would have written."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from pytest_django import Settings

from django_activejob import clock, handler
from django_activejob.adapters.database.models import Attempt, Job
from tests.dashboard.addresses import JOB, JOBS, OVERVIEW, RAW, to
from tests.dashboard.records import payload_of

JOB_ID = "6f0a2b1c-0000-4000-8000-000000000007"
GONE = {"_aj_globalid": "gid://shop/shop.GoneModel/7"}

PAYLOADS = {
    "no JSON": '{"job_class": ',
    "not ours": '["tea"]',
    "odd arguments": json.dumps({**payload_of("gone.Job", JOB_ID, []), "arguments": {"a": 1}}),
    "a model that is gone": json.dumps(payload_of("gone.Job", JOB_ID, [GONE])),
    "NUL and half a character": json.dumps(payload_of("gone.Job", JOB_ID, ["a\0b\ud800"])),
    "10 MB": json.dumps(payload_of("gone.Job", JOB_ID, ["x" * 10_000_000])),
    "unknown markers": json.dumps(payload_of("gone.Job", JOB_ID, [{"_aj_serialized": 7}])),
    "deep": json.dumps(payload_of("gone.Job", JOB_ID, [])).replace("[]", "[" * 500 + "]" * 500),
}


@pytest.fixture(params=PAYLOADS.values(), ids=PAYLOADS)
def id(request: pytest.FixtureRequest, settings: Settings, db: None) -> str:
    """A failed job with a payload of its own, and a megabyte of traceback."""
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "database"}
    assert handler.adapter().inspector() is not None
    job = Job.objects.create(
        queue="a/b %?&",
        state="failed",
        job_id=JOB_ID,
        job_class="gone.Job",
        payload=request.param,
        error_class="gone.Error",
        enqueued_at=clock.now(),
        failed_at=clock.now(),
        executions=1,
    )
    Attempt.objects.create(
        job=job,
        number=1,
        outcome="failed",
        error_class="gone.Error",
        error_message="<script>\u202e",
        traceback='  File "/srv/shop/jobs.py", line 7, in perform\n    tea()\n' * 20_000,
    )
    return str(job.pk)


class TestEveryPage:
    @pytest.mark.line("RQ-233")
    def test_renders(self, id: str, operator: Client) -> None:
        pages = [
            operator.get(to(OVERVIEW)),
            operator.get(to(JOBS)),
            operator.get(to(JOBS), {"status": "failed", "error_class": "gone.Error"}),
            operator.get(to(JOBS), {"search": JOB_ID}),
            operator.get(to(JOBS), {"search": "tea"}),
            operator.get(to(JOB, id)),
            operator.get(to(RAW, id)),
        ]

        assert [page.status_code for page in pages] == [200] * 7
        assert all(len(page.content) < 2_000_000 for page in pages[:6])
        assert all(b"<script>" not in page.content for page in pages[:6])

    def test_finds_it_by_its_id(self, id: str, operator: Client) -> None:
        page = operator.get(to(JOBS), {"search": JOB_ID}).content.decode()

        assert to(JOB, id) in page

    def test_can_be_discarded(self, id: str, operator: Client) -> None:
        form = {"action": "discard", "status": "failed", "id": id, "confirmed": "yes"}

        operator.post("/admin/django_activejob/job/act/", form)

        assert not Job.objects.exists()
