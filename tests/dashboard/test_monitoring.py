"""What machines are told: health, metrics, stats."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import cast

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from django_activejob import clock, handler
from django_activejob.contracts import QueueRecord, Tally
from tests.dashboard.conftest import FAKE, Login
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import failed_record, job_record, process_record

pytestmark = pytest.mark.urls("tests.dashboard.monitored")

HEALTH, WORKERS = "/activejob/health/", "/activejob/health/workers/"
METRICS, STATS = "/activejob/metrics", "/activejob/stats.json"
TOKEN = {"Authorization": "Bearer 0pen-sesame"}


@pytest.fixture
def store(settings: Settings) -> FakeInspector:
    """What the only adapter keeps: some jobs, a queue, a worker."""
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": FAKE, "MONITORING_TOKEN": "0pen-sesame"}
    store = cast("FakeInspector", handler.adapter().inspector())
    store.add(job_record(), failed_record(), failed_record())
    store.queue_records = [QueueRecord(name='mail "x"', size=7, latency=12.5, paused=True)]
    store.process_records = [process_record()]
    return store


Metrics = dict[str, dict[tuple[tuple[str, str], ...], float]]


def metrics() -> Metrics:
    """What a scraper with the token reads."""
    text = Client().get(METRICS, headers=TOKEN).content.decode()
    return {
        family.name: {tuple(sorted(one.labels.items())): one.value for one in family.samples}
        for family in text_string_to_metric_families(text)
    }


@pytest.mark.line("DB-111")
class TestHealth:
    def test_of_the_web_is_that_of_the_stores(self, store: FakeInspector) -> None:
        response = Client().get(HEALTH)
        assert (response.status_code, response.json()) == (200, {"status": "ok"})

        store.is_down = True

        response = Client().get(HEALTH)
        assert (response.status_code, response.json()) == (503, {"status": "failing"})
        assert b"s3cret" not in response.content

    def test_of_the_workers_wants_one_that_takes_jobs(self, store: FakeInspector) -> None:
        assert Client().get(WORKERS).status_code == 200
        for records in (
            [],
            [process_record(said={"quiet": True})],
            [process_record(said={"duties": ["dispatcher"]})],
            [process_record(beat_at=clock.now() - timedelta(minutes=1))],
        ):
            store.process_records = records
            assert Client().get(WORKERS).status_code == 503
        store.is_down = True
        assert Client().get(WORKERS).status_code == 503

    def test_of_a_project_without_workers_is_good(self, settings: Settings) -> None:
        settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "tests.dashboard.fake.BlindAdapter"}

        assert Client().get(HEALTH).status_code == 200
        assert Client().get(WORKERS).status_code == 200

    @pytest.mark.parametrize("path", [HEALTH, WORKERS, METRICS, STATS])
    def test_is_only_read_and_never_cached(self, store: FakeInspector, path: str) -> None:
        assert Client().post(path, headers=TOKEN).status_code == 405
        assert Client().head(path, headers=TOKEN).status_code == 200
        assert "no-store" in Client().get(path, headers=TOKEN)["Cache-Control"]


@pytest.mark.line("DB-110")
class TestMetrics:
    def test_tell_jobs_queues_and_processes(self, store: FakeInspector) -> None:
        found = metrics()

        adapter = ("adapter", FAKE)
        assert found["activejob_up"] == {(adapter,): 1.0}
        assert found["activejob_jobs"][adapter, ("status", "failed")] == 2
        assert found["activejob_jobs"][adapter, ("status", "ready")] == 1
        queue = (adapter, ("queue", 'mail "x"'))
        assert found["activejob_queue_ready_jobs"] == {queue: 7}
        assert found["activejob_queue_latency_seconds"] == {queue: 12.5}
        assert found["activejob_queue_paused"] == {queue: 1}
        process = (adapter, ("condition", "working"), ("kind", "worker"))
        assert found["activejob_processes"] == {process: 1}
        assert found["activejob_threads"] == {(adapter,): 5}
        assert found["activejob_busy_threads"] == {(adapter,): 3}

    def test_tell_recent_executions(self, store: FakeInspector) -> None:
        store.tally_records = [
            Tally(began=0, job_class="shop.ReportJob", performed=40, failed=2, retried=0)
        ]

        recent = metrics()["activejob_recent_executions"]

        job_class = ("job_class", "shop.ReportJob")
        assert recent == {
            (("adapter", FAKE), job_class, ("outcome", "performed")): 40,
            (("adapter", FAKE), job_class, ("outcome", "failed")): 2,
        }

    @pytest.mark.line("RQ-240", "RQ-241")
    def test_of_a_store_that_is_down_say_so_and_nothing_else(self, store: FakeInspector) -> None:
        store.is_down = True

        assert metrics()["activejob_up"] == {(("adapter", FAKE),): 0.0}
        assert b"s3cret" not in Client().get(METRICS, headers=TOKEN).content

    def test_say_what_to_install_where_the_package_is_missing(
        self, store: FakeInspector, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "prometheus_client", None)

        response = Client().get(METRICS, headers=TOKEN)

        assert response.status_code == 501
        assert b"django-activejob[metrics]" in response.content


class TestStats:
    @pytest.mark.line("DB-109", "RQ-241")
    def test_are_these_numbers_and_no_others(self, store: FakeInspector) -> None:
        stats = Client().get(STATS, headers=TOKEN).json()["adapters"][FAKE]

        assert stats["up"] is True
        assert stats["jobs"]["failed"] == {"count": 2, "capped": False}
        assert stats["queues"] == {'mail "x"': {"ready": 7, "latency": 12.5, "paused": True}}
        rest = {name: stats[name] for name in stats.keys() - {"up", "jobs", "queues"}}
        assert rest == {"processes": 1, "silent": 0, "threads": 5, "busy": 3}


@pytest.mark.line("DB-112")
@pytest.mark.parametrize("path", [METRICS, STATS])
class TestAccess:
    @pytest.mark.parametrize(
        "given", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic 0pen-sesame", "Bearer é"]
    )
    def test_strangers_get_nothing(
        self, store: FakeInspector, path: str, given: str | None, db: None
    ) -> None:
        headers = {} if given is None else {"Authorization": given}

        response = Client().get(path, headers=headers)

        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Bearer"
        assert response.content == b""

    def test_an_empty_token_of_the_settings_opens_nothing(
        self, store: FakeInspector, settings: Settings, path: str, db: None
    ) -> None:
        settings.ACTIVE_JOB = {"QUEUE_ADAPTER": FAKE}

        for given in ("Bearer ", "Bearer None", "Bearer"):
            assert Client().get(path, headers={"Authorization": given}).status_code == 401

    def test_staff_who_may_view_jobs_need_no_token(
        self, store: FakeInspector, login: Login, path: str
    ) -> None:
        assert login("view_job").get(path).status_code == 200
        assert login("view_pause").get(path).status_code == 401
        assert login("view_job", "view_pause", is_staff=False).get(path).status_code == 401
