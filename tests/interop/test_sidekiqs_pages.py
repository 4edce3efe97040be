"""The pages of Sidekiq's Web UI over what we write."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.interop.conftest import Shared
from tests.interop.rails import Console
from tests.interop.site.work.jobs import BreakableJob, EchoJob, HardWorker, SlowJob
from tests.waiting import until

pytestmark = [pytest.mark.needs("redis", "ruby"), pytest.mark.usefixtures("site")]

OVERVIEWS = ["/", "/busy", "/queues", "/queues/python", "/scheduled", "/retries", "/morgue"]


def performed(rails: Console) -> list[str]:
    """The classes of the jobs in progress."""
    return [work["payload"]["wrapped"] for work in rails.ask("read")["workers"]]


def text_of(rails: Console, path: str) -> str:
    """The text of a page that has to be there."""
    page: Any = rails.ask("page", path)
    assert page["status"] == 200, f"{path}: {page['status']}"
    return " ".join(re.sub(r"<[^>]+>", " ", page["text"]).split())


class TestPages:
    @pytest.fixture(autouse=True)
    def busy_site(self, shared: Shared, site: Shared, rails: Console) -> None:
        """Something on every page."""
        shared.break_down()
        shared.client.set("slow", "1")
        shared.runjobs()
        for job_class in (BreakableJob, HardWorker):
            job_class.set(queue="python").perform_later(f"for {job_class.__name__}")
        until(lambda: rails.ask("read")["stats"]["failed"] == 2)
        for number in range(4):
            SlowJob.set(queue="python").perform_later(f"slow {number}")
        EchoJob.set(queue="python", wait=3600).perform_later("é世 in an hour")
        until(lambda: performed(rails) == ["SlowJob", "SlowJob"])

    def test_every_page_is_shown(self, rails: Console) -> None:
        pages = {path: text_of(rails, path) for path in OVERVIEWS}

        assert "SlowJob" in pages["/busy"]
        assert "django_activejob" in pages["/busy"]
        assert "python" in pages["/queues"]
        assert "slow 3" in pages["/queues/python"].replace("&quot;", "")
        assert "é世 in an hour" in pages["/scheduled"]
        assert "HardWorker" in pages["/retries"]
        assert "BreakableJob" in pages["/morgue"]

    def test_every_entry_has_its_page_with_the_error(self, rails: Console) -> None:
        read = rails.ask("read")
        places = {"retries": "retries", "dead": "morgue", "scheduled": "scheduled"}

        for kind, place in places.items():
            assert read[kind]
            for entry in read[kind]:
                text = text_of(rails, f"/{place}/{entry['score']!r}-{entry['jid']}")
                assert entry["jid"] in text
                if kind != "scheduled":
                    assert "broken é世" in text
                    assert "break_down" in text
