"""Who gets to see and do what."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.dashboard.addresses import (
    ACT,
    COMMAND,
    JOB,
    JOBS,
    OVERVIEW,
    PAUSE,
    PROCESSES,
    QUEUES,
    RAW,
    to,
)
from tests.dashboard.conftest import Login
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import failed_record, job_record, process_record

PAGES = [(OVERVIEW,), (JOBS,), (JOB, "1"), (JOB, "9"), (RAW, "1"), (QUEUES,), (PROCESSES,)]
ENDPOINTS = [(ACT,), (PAUSE,), (COMMAND,)]

RETRY = {"action": "retry", "id": "1", "confirmed": "yes"}
DISCARD = {"action": "discard", "id": "1", "confirmed": "yes"}
DISPATCH = {"action": "dispatch", "id": "2", "confirmed": "yes"}
CANCEL = {"action": "cancel", "id": "9", "confirmed": "yes"}
PAUSE_MAIL = {"action": "pause", "queue": "mailers"}
RESUME_MAIL = {"action": "resume", "queue": "mailers"}
CLEAR_MAIL = {"action": "clear", "queue": "mailers", "confirmed": "yes"}
QUIET = {"action": "quiet", "process": "p1"}
STOP = {"action": "stop", "process": "p1", "confirmed": "yes"}

ACTIONS: list[tuple[str, dict[str, Any], str, tuple[str, str]]] = [
    (ACT, RETRY, "retry_job", ("retry", "1")),
    (ACT, DISCARD, "discard_job", ("discard", "1")),
    (ACT, DISPATCH, "dispatch_job", ("dispatch", "2")),
    (ACT, CANCEL, "cancel_job", ("cancel", "9")),
    (PAUSE, PAUSE_MAIL, "pause_queue", ("pause", "mailers")),
    (PAUSE, RESUME_MAIL, "pause_queue", ("resume", "mailers")),
    (PAUSE, CLEAR_MAIL, "clear_queue", ("clear", "mailers")),
    (COMMAND, QUIET, "control_process", ("quiet", "p1")),
    (COMMAND, STOP, "control_process", ("stop", "p1")),
]
EVERY_ACTION = [
    "retry_job",
    "discard_job",
    "dispatch_job",
    "cancel_job",
    "pause_queue",
    "clear_queue",
    "control_process",
]


@pytest.fixture
def store(store: FakeInspector) -> FakeInspector:
    """A store with a failed, a scheduled and a running job, and a worker."""
    store.add(failed_record(id="1"), job_record(id="2", status="scheduled"))
    store.add(job_record(id="9", status="running"))
    store.process_records = [process_record(id="p1")]
    return store


@pytest.mark.line("DB-104", "RQ-231")
class TestStrangers:
    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("is_staff", [None, False])
    def test_are_sent_to_the_login(
        self, store: FakeInspector, login: Login, page: tuple[str, ...], is_staff: bool | None
    ) -> None:
        client = Client() if is_staff is None else login("view_job", is_staff=False)

        response = client.get(to(*page))

        assert response.status_code == 302
        assert "/login/" in response["Location"]

    @pytest.mark.parametrize(("page", "form", "permission", "change"), ACTIONS)
    @pytest.mark.parametrize("is_staff", [None, False])
    def test_change_nothing(
        self,
        store: FakeInspector,
        login: Login,
        page: str,
        form: dict[str, Any],
        permission: str,
        change: tuple[str, str],
        is_staff: bool | None,
    ) -> None:
        client = Client() if is_staff is None else login("view_job", permission, is_staff=False)

        response = client.post(to(page), form)

        assert response.status_code == 302
        assert "/login/" in response["Location"]
        assert store.changes == []


@pytest.mark.line("DB-105", "DB-106", "RQ-231")
class TestStaffWithoutPermission:
    @pytest.mark.parametrize("page", PAGES)
    def test_sees_no_page(self, store: FakeInspector, login: Login, page: tuple[str, ...]) -> None:
        assert login().get(to(*page)).status_code == 403

    @pytest.mark.parametrize(("page", "form", "permission", "change"), ACTIONS)
    def test_may_not_act_with_every_other_permission(
        self,
        store: FakeInspector,
        login: Login,
        page: str,
        form: dict[str, Any],
        permission: str,
        change: tuple[str, str],
    ) -> None:
        others = {*EVERY_ACTION, "view_arguments", "view_job", "view_pause"} - {permission}

        response = login(*others).post(to(page), form)

        assert response.status_code == 403
        assert store.changes == []

    @pytest.mark.parametrize(("page", "form", "permission", "change"), ACTIONS)
    def test_may_not_act_without_seeing(
        self,
        store: FakeInspector,
        login: Login,
        page: str,
        form: dict[str, Any],
        permission: str,
        change: tuple[str, str],
    ) -> None:
        response = login(permission).post(to(page), form)

        assert response.status_code == 403
        assert store.changes == []

    def test_asks_no_store(self, store: FakeInspector, login: Login) -> None:
        store.is_down = True

        assert login().get(to(JOBS)).status_code == 403

    def test_is_offered_no_buttons(self, store: FakeInspector, login: Login) -> None:
        client = login("view_job")

        pages = [client.get(to(*page)) for page in PAGES if page[0] != RAW]

        assert all(b'name="action"' not in page.content for page in pages)

    def test_finds_no_pages_in_the_index(self, store: FakeInspector, login: Login) -> None:
        assert to(JOBS) not in login().get("/admin/").content.decode()


@pytest.mark.line("RQ-231")
class TestStaffWithPermission:
    @pytest.mark.parametrize("page", [page for page in PAGES if page[0] != RAW])
    def test_sees_the_pages(
        self, store: FakeInspector, login: Login, page: tuple[str, ...]
    ) -> None:
        assert login("view_job").get(to(*page)).status_code == 200

    @pytest.mark.parametrize(
        ("permission", "page"), [("view_pause", QUEUES), ("view_process", PROCESSES)]
    )
    def test_sees_a_section_alone_with_its_own_permission(
        self, store: FakeInspector, login: Login, permission: str, page: str
    ) -> None:
        client = login(permission)

        assert client.get(to(page)).status_code == 200
        assert client.get(to(JOBS)).status_code == 403

    @pytest.mark.parametrize(("page", "form", "permission", "change"), ACTIONS)
    def test_may_act(
        self,
        store: FakeInspector,
        login: Login,
        page: str,
        form: dict[str, Any],
        permission: str,
        change: tuple[str, str],
    ) -> None:
        response = login("view_job", permission).post(to(page), form)

        assert response.status_code == 302
        assert store.changes == [change]

    @pytest.mark.line("DB-001")
    def test_finds_the_pages_in_the_index(self, store: FakeInspector, login: Login) -> None:
        index = login("view_job").get("/admin/").content.decode()

        assert to(JOBS) in index
        assert to(QUEUES) in index
        assert to(PROCESSES) in index
        assert "/job/add/" not in index


@pytest.mark.line("RQ-231")
class TestArguments:
    def test_are_hidden_without_their_permission(self, store: FakeInspector, login: Login) -> None:
        store.add(failed_record(id="3", arguments=["s3cret"]))
        client = login("view_job")

        pages = [client.get(to(JOBS)), client.get(to(JOB, "3"))]

        assert all(b"s3cret" not in page.content for page in pages)
        assert client.get(to(RAW, "3")).status_code == 403

    def test_are_hidden_on_the_page_that_asks_back(
        self, store: FakeInspector, login: Login
    ) -> None:
        store.add(failed_record(id="3", arguments=["s3cret"]))

        page = login("view_job", "retry_job").post(to(ACT), {"action": "retry", "id": "3"})

        assert page.status_code == 200
        assert b"s3cret" not in page.content

    def test_are_shown_with_their_permission(self, store: FakeInspector, login: Login) -> None:
        store.add(failed_record(id="3", arguments=["s3cret"]))
        client = login("view_job", "view_arguments")

        pages = [client.get(to(JOBS)), client.get(to(JOB, "3")), client.get(to(RAW, "3"))]

        assert all(b"s3cret" in page.content for page in pages)


@pytest.mark.line("DB-107", "RQ-232")
class TestMethods:
    @pytest.mark.parametrize("page", ENDPOINTS)
    @pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
    def test_nothing_but_a_post_changes_anything(
        self, store: FakeInspector, operator: Client, page: tuple[str, ...], method: str
    ) -> None:
        response = getattr(operator, method)(to(*page) + "?action=retry&id=1&confirmed=yes")

        assert response.status_code == 405
        assert store.changes == []

    @pytest.mark.parametrize("page", PAGES)
    def test_pages_take_no_post(
        self, store: FakeInspector, operator: Client, page: tuple[str, ...]
    ) -> None:
        assert operator.post(to(*page), RETRY).status_code == 405
        assert store.changes == []

    @pytest.mark.parametrize(("page", "form", "permission", "change"), ACTIONS)
    def test_a_post_without_a_token_changes_nothing(
        self,
        store: FakeInspector,
        operator: Client,
        page: str,
        form: dict[str, Any],
        permission: str,
        change: tuple[str, str],
    ) -> None:
        operator.handler.enforce_csrf_checks = True

        assert operator.post(to(page), form).status_code == 403
        assert store.changes == []

    def test_there_are_no_pages_of_rows(self, store: FakeInspector, operator: Client) -> None:
        paths = ["/admin/django_activejob/job/add/", "/admin/django_activejob/job/1/delete/"]

        # Both fall through to the catch-all of Django's admin.
        assert [operator.get(path).status_code for path in paths] == [404, 404]
