"""The page of one job."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from django_activejob.contracts import AttemptRecord
from django_activejob.job.registry import name_of
from django_activejob.mail import MailDeliveryJob
from tests.dashboard.addresses import JOB, JOBS, RAW, to
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
            ("running", ["cancel"]),
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


class TestMasking:
    """What has a name that is masked is nowhere on the pages."""

    SECRET = "open-sesame"

    @pytest.fixture(autouse=True)
    def _kept(self, store: FakeInspector) -> None:
        trouble = error(f"login with {self.SECRET} failed", traceback=f"line: {self.SECRET}")
        keywords = {"password": self.SECRET, "user": "ada", "_aj_ruby2_keywords": ["password"]}
        store.add(failed_record(id="1", arguments=[keywords, {"token": 4711}], error=trouble))
        store.attempt_records = [
            AttemptRecord(number=1, outcome="failed", started_at=MOMENT, seconds=1.0, error=trouble)
        ]

    @pytest.mark.line("DB-056")
    @pytest.mark.parametrize("page", [(JOB, "1"), (RAW, "1"), (JOBS,)])
    def test_neither_arguments_nor_errors_nor_json_show_it(
        self, operator: Client, page: tuple[str, ...]
    ) -> None:
        text = operator.get(to(*page)).content.decode()

        assert self.SECRET not in text
        assert "4711" not in text
        assert "[FILTERED]" in text

    def test_what_is_not_secret_stays(self, operator: Client) -> None:
        page = show(operator)

        assert "&#x27;ada&#x27;" in page
        assert "login with [FILTERED] failed" in page

    @pytest.mark.line("DB-056")
    def test_the_body_of_a_mail_is_hidden(self, store: FakeInspector, operator: Client) -> None:
        fields = {"subject": "Welcome", "body": "Your link: /reset/abc", "to": ["ada@example.com"]}
        arguments = ["MessageMailer", "prepared", "deliver_now", {"args": [fields]}]
        name = name_of(MailDeliveryJob)
        store.add(failed_record(id="2", job_class=name, arguments=arguments))

        page = show(operator, "2") + operator.get(to(RAW, "2")).content.decode()

        assert "Welcome" in page
        assert "ada@example.com" in page
        assert "/reset/abc" not in page


class TestTraceback:
    @pytest.mark.line("DB-046")
    def test_is_shown_without_libraries_and_whole(
        self, store: FakeInspector, operator: Client
    ) -> None:
        library = '  File "/x/site-packages/requests/api.py", line 3, in get\n    send(url)\n'
        own = '  File "/srv/shop/jobs.py", line 7, in perform\n    fetch(url)\n'
        whole = f"Traceback (most recent call last):\n{library}{own}ValueError: no tea\n"
        store.add(failed_record(id="1", error=error(traceback=whole)))

        page = operator.get(to(JOB, "1")).content.decode()
        shown, full = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)[:2]

        assert "shop/jobs.py" in shown
        assert "requests" not in shown
        assert "requests" in full


class TestLinks:
    @pytest.mark.line("DB-050")
    def test_lead_to_all_that_the_job_belongs_to(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.filters = frozenset({"process", "recurring", "batch", "limit_key", "queue"})
        store.add(
            job_record(
                id="1",
                status="running",
                process_id="abc",
                recurring_key="nightly report",
                batch_id="b1",
                limit_key="shop/1",
            )
        )

        page = show(operator)

        for parameter in (
            "queue=default",
            "process=abc",
            "recurring=nightly+report",
            "batch=b1",
            "limit_key=shop%2F1",
        ):
            assert f'href="{to(JOBS)}?{parameter}"' in page
