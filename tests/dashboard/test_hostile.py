"""Jobs whose contents are broken, huge, or meant to harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from django_activejob.contracts import AttemptRecord, QueueRecord
from tests.dashboard.addresses import ACT, JOB, JOBS, QUEUES, RAW, to
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import error, failed_record, payload_of

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
UNSHOWABLE = "nul \0, half \ud800, turned \u202egnp"


def pages(client: Client, id: str = "1") -> Iterator[str]:
    """Every page that shows the job with this id."""
    responses = [
        client.get(to(JOBS)),
        client.get(to(JOBS), {"status": "failed"}),
        client.get(to(JOB, id)),
        client.post(to(ACT), {"action": "retry", "id": id}),
        client.get(to(QUEUES)),
    ]
    for response in responses:
        assert response.status_code == 200
        yield response.content.decode()


def everywhere(store: FakeInspector, text: str) -> None:
    """Puts a text into everything that a job and a queue have."""
    trouble = error(text, class_name=text, traceback=text)
    arguments: list[Any] = [text, {text: text}]
    store.add(
        failed_record(
            id="1",
            job_class=text,
            job_id=text,
            queue=text,
            process_id=text,
            arguments=arguments,
            error=trouble,
        )
    )
    store.queue_records = [QueueRecord(name=text, size=1, latency=1.0, paused=False)]
    store.attempt_records = [
        AttemptRecord(number=1, outcome=text, started_at=None, seconds=None, error=trouble)
    ]


class TestText:
    @pytest.mark.line("RQ-234")
    def test_is_escaped_everywhere(self, store: FakeInspector, operator: Client) -> None:
        everywhere(store, SCRIPT)

        for page in pages(operator):
            assert "<script>alert" not in page
            assert "<img src=x" not in page

    def test_that_no_page_can_show_is_replaced(
        self, store: FakeInspector, operator: Client
    ) -> None:
        everywhere(store, UNSHOWABLE)

        for page in pages(operator):
            assert "\0" not in page
            assert "\u202e" not in page
            assert "nul \ufffd, half \ufffd, turned \ufffdgnp" in page

    def test_in_addresses_and_forms_is_sent_back_untouched(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(failed_record(id="1", queue="a&b=c"))

        assert "?queue=a%26b%3Dc" in operator.get(to(JOBS)).content.decode()


@pytest.mark.line("RQ-233")
class TestBrokenRows:
    @pytest.mark.parametrize(
        "raw", ["", "{", "null", "[]", "not json \0", "\ud800", '{"job_class": null}', "[" * 5000]
    )
    def test_an_unreadable_payload_is_shown_and_marked(
        self, store: FakeInspector, operator: Client, raw: str
    ) -> None:
        store.add(failed_record(id="1", payload=None, raw_payload=raw, job_class="", job_id=""))

        everything = "".join(pages(operator))

        assert "unreadable" in everything
        assert "is not the JSON form of a job" in everything
        assert operator.get(to(RAW, "1")).status_code == 200

    @pytest.mark.parametrize("arguments", [None, 7, "a", {"a": 1}, [None], [{"_aj_globalid": 1}]])
    def test_odd_arguments_are_shown(
        self, store: FakeInspector, operator: Client, arguments: Any
    ) -> None:
        payload: Any = {**payload_of("shop.Job", "x", []), "arguments": arguments}
        store.add(failed_record(id="1", payload=payload, raw_payload=json.dumps(payload)))

        assert len(list(pages(operator))) == 5

    def test_a_payload_of_a_later_version_is_shown(
        self, store: FakeInspector, operator: Client
    ) -> None:
        payload: Any = {"job_class": "shop.Job", "version": 99}
        store.add(failed_record(id="1", payload=payload, raw_payload=json.dumps(payload)))

        assert len(list(pages(operator))) == 5

    def test_missing_times_and_errors_are_shown(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(
            failed_record(id="1", enqueued_at=None, claimed_at=None, failed_at=None, error=None)
        )

        assert len(list(pages(operator))) == 5

    def test_a_missing_model_of_an_argument_is_no_matter(
        self, store: FakeInspector, operator: Client
    ) -> None:
        gid = {"_aj_globalid": "gid://tests/gone.Model/42"}
        store.add(failed_record(id="1", arguments=[gid]))

        assert "gid://tests/gone.Model/42" in operator.get(to(JOB, "1")).content.decode()


@pytest.mark.line("RQ-233")
class TestHugeRows:
    def test_ten_megabytes_of_arguments_are_only_measured(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(failed_record(id="1", arguments=["x" * 10_000_000]))

        everything = list(pages(operator))

        assert sum(map(len, everything)) < 1_000_000
        assert "too long for a list" in everything[0]
        assert "9.5\xa0MB, too long to show here" in everything[2]
        assert "unreadable" not in everything[0]
        assert len(operator.get(to(RAW, "1")).content) > 10_000_000

    def test_a_payload_that_a_list_got_only_the_beginning_of_is_not_called_unreadable(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(failed_record(id="1", payload=None, raw_payload='{"a": "' + "x" * 65_000))

        page = operator.get(to(JOBS)).content.decode()

        assert "too long for a list" in page
        assert "unreadable" not in page

    def test_a_megabyte_of_traceback_is_cut(self, store: FakeInspector, operator: Client) -> None:
        trouble = error("m" * 1_000_000, traceback="t" * 1_000_000)
        store.add(failed_record(id="1", error=trouble))

        assert sum(map(len, pages(operator))) < 1_000_000
