"""The page of one job."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from django_activejob.contracts import AttemptRecord
from tests.dashboard.addresses import JOB, RAW, to
from tests.dashboard.conftest import Login
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import MOMENT, error, failed_record, job_record


def show(client: Client, id: str = "1") -> str:
    """The page's HTML, with its white space squeezed."""
    response = client.get(to(JOB, id))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


class TestContents:
    @pytest.mark.line("DB-044")
    def test_arguments_have_their_places_and_names(
        self, store: FakeInspector, operator: Client
    ) -> None:
        keywords = {"at": "noon", "_aj_ruby2_keywords": ["at"]}
        store.add(job_record(id="1", arguments=[42, keywords]))

        page = show(operator)

        assert re.search(r'<th scope="row">1</th><td><code>42</code>', page)
        assert re.search(r'<th scope="row">at</th><td><code>[^<]*noon', page)

    def test_a_job_without_arguments_says_so(self, store: FakeInspector, operator: Client) -> None:
        store.add(job_record(id="1", arguments=[]))

        assert "This job takes no arguments." in show(operator)

    @pytest.mark.line("DB-045")
    def test_the_error_has_its_traceback(self, store: FakeInspector, operator: Client) -> None:
        store.add(failed_record(id="1"))

        page = show(operator)

        assert "shop.errors.OutOfStock" in page
        assert "Traceback (most recent call last)" in page

    @pytest.mark.line("DB-047")
    def test_each_attempt_has_its_own_error(self, store: FakeInspector, operator: Client) -> None:
        store.add(failed_record(id="1"))
        store.attempt_records = [
            AttemptRecord(
                number=1, outcome="retried", started_at=MOMENT, seconds=1.25, error=error("first")
            ),
            AttemptRecord(number=2, outcome="crashed", started_at=None, seconds=None, error=None),
        ]

        page = show(operator)

        assert "first" in page
        assert "1.2 s" in page or "1.3 s" in page
        assert "Crashed" in page

    @pytest.mark.line("DB-048", "DB-049")
    def test_the_timeline_tells_wait_and_run_time(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(
            job_record(
                id="1",
                status="finished",
                scheduled_at=MOMENT + timedelta(minutes=10),
                claimed_at=MOMENT + timedelta(minutes=10, seconds=3),
                finished_at=MOMENT + timedelta(minutes=11, seconds=8),
            )
        )

        page = show(operator)

        assert "after a wait of 3.0 s" in page
        assert "after a run of 1 min 5 s" in page
        labels = re.findall(r'<th scope="row">(Enqueued|Due|Started|Finished)</th>', page)
        assert labels == ["Enqueued", "Due", "Started", "Finished"]

    def test_a_class_that_this_process_lacks_is_explained(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(job_record(id="1", job_class="shop.Forgotten"))

        assert "The job class shop.Forgotten is not known to this web process." in show(operator)

    def test_a_job_that_is_gone_is_explained(self, store: FakeInspector, operator: Client) -> None:
        response = operator.get(to(JOB, "404"))

        assert response.status_code == 404
        assert b"This job is no longer here" in response.content

    @pytest.mark.parametrize("id", ["a\0b", "x" * 300])
    def test_an_impossible_id_never_reaches_the_store(
        self, store: FakeInspector, operator: Client, id: str
    ) -> None:
        store.is_down = True

        assert operator.get(to(JOB, id)).status_code == 404

    def test_an_id_may_hold_any_character(self, store: FakeInspector, operator: Client) -> None:
        store.add(job_record(id="a/b c%?#_ü", job_id="odd"))

        response = operator.get(to(JOB, "a_2Fb c_25_3F_23_5Fü"))

        assert response.status_code == 200
        assert b"odd" in response.content


class TestRawJson:
    @pytest.mark.line("DB-054")
    def test_is_what_is_stored_to_the_last_byte(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(job_record(id="1", raw_payload='{"a":  1.50}'))

        response = operator.get(to(RAW, "1"))

        assert response.content == b'{"a":  1.50}'
        assert response["Content-Disposition"] == 'attachment; filename="job.json"'
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_of_a_job_that_is_gone_is_not_found(
        self, store: FakeInspector, operator: Client
    ) -> None:
        assert operator.get(to(RAW, "404")).status_code == 404


class TestButtons:
    @pytest.mark.parametrize(
        ("status", "names"),
        [
            ("failed", ["retry", "discard"]),
            ("scheduled", ["dispatch", "discard"]),
            ("running", []),
            ("finished", ["discard"]),
        ],
    )
    def test_fit_the_status(
        self, store: FakeInspector, operator: Client, status: str, names: list[str]
    ) -> None:
        store.add(job_record(id="1", status=status))

        assert re.findall(r'name="action" value="(\w+)"', show(operator)) == names

    def test_fit_the_permissions(self, store: FakeInspector, login: Login) -> None:
        store.add(failed_record(id="1"))

        page = show(login("view_job", "discard_job"))

        assert re.findall(r'name="action" value="(\w+)"', page) == ["discard"]
