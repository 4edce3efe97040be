"""Adapters: several, none with pages, out of reach."""

from __future__ import annotations

import logging

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django import Settings

from django_activejob import handler
from tests.dashboard.addresses import ACT, COMMAND, JOB, JOBS, PAUSE, PROCESSES, QUEUES, RAW, to
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import failed_record, job_record


class TestSeveral:
    @pytest.mark.line("DB-004")
    def test_are_offered_side_by_side(self, other_store: FakeInspector, operator: Client) -> None:
        page = operator.get(to(JOBS)).content.decode()

        assert f'href="{to(JOBS)}" aria-current="true">main' in page
        assert f'href="{to(JOBS)}?adapter=other"' in page

    def test_the_chosen_one_is_kept_by_every_link(
        self, other_store: FakeInspector, operator: Client
    ) -> None:
        other_store.add(failed_record(id="1"))

        page = operator.get(to(JOBS), {"adapter": "other"}).content.decode()

        assert f"{to(JOB, '1')}?adapter=other" in page
        assert f"{to(JOBS)}?adapter=other&amp;status=failed" in page
        assert f'action="{to(ACT)}?adapter=other"' in page

    def test_an_action_reaches_the_chosen_one_only(
        self, other_store: FakeInspector, operator: Client
    ) -> None:
        other_store.add(failed_record(id="1"))
        main = handler.adapter("main").inspector()
        assert isinstance(main, FakeInspector)
        main.add(failed_record(id="1"))

        operator.post(
            to(ACT) + "?adapter=other", {"action": "retry", "id": "1", "confirmed": "yes"}
        )

        assert other_store.changes == [("retry", "1")]
        assert main.changes == []

    def test_the_log_names_it_and_links_to_no_job_of_another(
        self, other_store: FakeInspector, operator: Client
    ) -> None:
        other_store.add(failed_record(id="1"))

        operator.post(
            to(ACT) + "?adapter=other", {"action": "retry", "id": "1", "confirmed": "yes"}
        )

        entry = LogEntry.objects.get()
        assert entry.object_repr.startswith("other: shop.ReportJob")
        assert entry.object_id is None

    def test_an_unknown_one_is_not_found(self, store: FakeInspector, operator: Client) -> None:
        assert operator.get(to(JOBS), {"adapter": "nowhere"}).status_code == 404

    def test_one_alone_needs_no_switch(self, store: FakeInspector, operator: Client) -> None:
        assert b"aj-adapters" not in operator.get(to(JOBS)).content


class TestWithoutPages:
    def test_says_why_there_is_nothing_to_see(self, settings: Settings, operator: Client) -> None:
        settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "tests.dashboard.fake.BlindAdapter"}

        response = operator.get(to(JOBS))

        assert response.status_code == 200
        assert b"keeps no jobs that could be looked at" in response.content

    def test_leaves_the_pages_to_another(self, settings: Settings, operator: Client) -> None:
        settings.ACTIVE_JOB = {
            "QUEUE_ADAPTER": "tests.dashboard.fake.BlindAdapter",
            "ADAPTERS": {"seen": {"ADAPTER": "tests.dashboard.fake.FakeAdapter"}},
        }

        assert b"No jobs yet." in operator.get(to(JOBS)).content


@pytest.mark.line("RQ-240")
class TestOutOfReach:
    @pytest.fixture(autouse=True)
    def _down(self, store: FakeInspector) -> None:
        store.is_down = True

    @pytest.mark.parametrize("page", [(JOBS,), (JOB, "1"), (RAW, "1"), (QUEUES,), (PROCESSES,)])
    def test_a_page_explains_and_gives_nothing_away(
        self, operator: Client, page: tuple[str, ...], caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING, "django_activejob.dashboard"):
            response = operator.get(to(*page))

        assert response.status_code == 503
        assert b"cannot be reached" in response.content
        assert b"s3cret" not in response.content
        assert b"Traceback" not in response.content
        assert "does not answer" in caplog.text

    @pytest.mark.parametrize(
        ("page", "form"),
        [
            (ACT, {"action": "retry", "id": "1", "confirmed": "yes"}),
            (ACT, {"action": "discard", "id": "1"}),
            (PAUSE, {"action": "pause", "queue": "default"}),
            (COMMAND, {"action": "quiet", "process": "p1"}),
        ],
    )
    def test_an_action_explains_and_logs_nothing(
        self, operator: Client, page: str, form: dict[str, str]
    ) -> None:
        response = operator.post(to(page), form)

        assert response.status_code == 503
        assert not LogEntry.objects.exists()

    def test_the_rest_of_the_admin_works(self, operator: Client) -> None:
        assert operator.get("/admin/").status_code == 200


class TestRegistering:
    def test_another_site_gets_the_pages_once(self) -> None:
        from django_activejob.dashboard import register

        site = admin.AdminSite(name="office")
        register(site)
        register(site)

        names = {model.__name__ for model in site._registry}
        assert names == {"Job", "Pause", "Process", "RecurringTask", "Semaphore", "Tally"}

    @pytest.mark.urls("tests.dashboard.two_sites")
    def test_its_links_stay_within_it(self, store: FakeInspector, operator: Client) -> None:
        store.add(job_record(id="1"))

        page = operator.get("/office/django_activejob/job/").content.decode()

        assert "/office/django_activejob/job/1/change/" in page
        assert '"/admin/' not in page
