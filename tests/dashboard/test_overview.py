"""The first page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from django_activejob import clock, handler
from django_activejob.contracts import ProcessRecord, QueueAdapter, QueueRecord, Tally, Times
from django_activejob.contracts.tallies import BUCKETS, bucket_of
from tests.dashboard.addresses import JOBS, OVERVIEW, to
from tests.dashboard.conftest import Login
from tests.dashboard.fake import FakeInspector
from tests.dashboard.records import failed_record, job_record

WORKER = "f" * 32


@pytest.fixture
def adapter(settings: Settings, db: None) -> QueueAdapter:
    """The database adapter, with a worker, and nothing in its tables."""
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "database"}
    adapter = handler.adapter()
    registry = adapter.registry()
    assert registry is not None
    registry.register(ProcessRecord(id=WORKER, kind="worker", hostname="here", pid=1))
    return adapter


def tell(adapter: QueueAdapter, *tallies: Tally) -> None:
    """Hands tallies over, as a worker does."""
    registry = adapter.registry()
    assert registry is not None
    registry.beat(WORKER, running=[], tallies=tallies)


def tally(*, ago: float = 0, **changes: Any) -> Tally:
    """What a minute came to."""
    began = int((clock.now() - timedelta(seconds=ago)).timestamp()) // 60 * 60
    facts = {"began": began, "job_class": "shop.ReportJob", "queue": "default"}
    return Tally(**{**facts, **changes})


def times(*seconds: float) -> Times:
    """Durations."""
    buckets = [0] * BUCKETS
    for each in seconds:
        buckets[bucket_of(each)] += 1
    return Times(buckets=tuple(buckets), total=sum(seconds), least=min(seconds), most=max(seconds))


def show(client: Client, **parameters: str) -> str:
    """The page's HTML, with its white space squeezed."""
    response = client.get(to(OVERVIEW), parameters)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def titles_on(page: str) -> list[str]:
    """What the bars of the chart say."""
    return re.findall(r"<title>([^<·]+ · [^<]*)</title>", page)


def row_of(page: str, name: str) -> Sequence[str]:
    """The cells of the first row of a table that begins with a name."""
    found = re.search(rf"<th scope=\"row\"[^>]*>(?:<a [^>]*>)?{re.escape(name)}<.*?</tr>", page)
    assert found is not None, name
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found[0])
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in cells]


class TestTiles:
    @pytest.mark.line("DB-011")
    def test_count_the_jobs_of_each_status_and_lead_to_them(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.add(failed_record(), failed_record(), job_record())

        page = show(operator)

        assert re.search(r'href="[^"]*\?status=failed"><span class="aj-tile-count">2</span>', page)
        assert re.search(r'href="[^"]*\?status=ready"><span class="aj-tile-count">1</span>', page)


class TestChart:
    @pytest.mark.line("DB-012")
    def test_shows_the_last_hour_by_minutes(self, adapter: QueueAdapter, operator: Client) -> None:
        tell(adapter, tally(performed=3), tally(ago=600, performed=4), tally(ago=7200, performed=9))

        page = show(operator)

        assert [title.split(" · ")[1] for title in titles_on(page)] == [
            "Performed: 4",
            "Performed: 3",
        ]
        assert 'id="aj-chart" data-aj-live' in page

    @pytest.mark.line("DB-013")
    @pytest.mark.parametrize("window", ["24h", "7d", "30d"])
    def test_shows_the_history_by_hours_and_days(
        self, adapter: QueueAdapter, operator: Client, window: str
    ) -> None:
        days = {"24h": 0.9, "7d": 6, "30d": 29}[window]
        tell(
            adapter,
            tally(performed=3),
            tally(ago=days * 86400, performed=4),
            tally(ago=32 * 86400, performed=9),
        )

        page = show(operator, window=window)

        assert [title.split(" · ")[1] for title in titles_on(page)] == [
            "Performed: 4",
            "Performed: 3",
        ]

    @pytest.mark.line("DB-014")
    @pytest.mark.parametrize(
        ("group", "expected"),
        [
            ("outcome", ["Performed: 5", "Failed: 2"]),
            ("job_class", ["shop.ReportJob: 4", "shop.MailJob: 3"]),
            ("queue", ["mailers: 6", "default: 1"]),
        ],
    )
    def test_tells_outcomes_classes_and_queues_apart(
        self, adapter: QueueAdapter, operator: Client, group: str, expected: list[str]
    ) -> None:
        tell(
            adapter,
            tally(performed=2, failed=2, queue="mailers"),
            tally(job_class="shop.MailJob", queue="mailers", performed=2),
            tally(job_class="shop.MailJob", performed=1),
        )

        page = show(operator, by=group)

        assert [title.split(" · ")[1] for title in titles_on(page)] == expected

    def test_puts_small_classes_together(self, adapter: QueueAdapter, operator: Client) -> None:
        tell(adapter, *(tally(job_class=f"shop.Job{n}", performed=20 - n) for n in range(10)))

        page = show(operator, by="job_class")

        assert [title.split(" · ")[1] for title in titles_on(page)][-1] == "Others: 36"

    @pytest.mark.parametrize("parameters", [{"window": "2y"}, {"by": "password"}])
    def test_an_unknown_way_to_look_gives_the_usual_one(
        self, adapter: QueueAdapter, operator: Client, parameters: dict[str, str]
    ) -> None:
        assert 'aria-current="true">1 hour' in show(operator, **parameters)
        assert 'aria-current="true">by outcome' in show(operator, **parameters)

    @pytest.mark.line("DB-108")
    def test_needs_no_inline_style_or_script(self, adapter: QueueAdapter, operator: Client) -> None:
        tell(adapter, tally(performed=3, run=times(0.1, 2.0, 9.0)))

        page = operator.get(to(OVERVIEW)).content.decode()
        ours = page[page.index("data-aj-page") :]

        assert "style=" not in ours
        assert "<script" not in ours.split("</main>")[0]
        assert " onclick" not in ours


class TestClasses:
    @pytest.mark.line("DB-015", "DB-016", "DB-017", "DB-018")
    def test_tell_run_and_wait_times(self, adapter: QueueAdapter, operator: Client) -> None:
        run, wait = times(0.1, 0.1, 0.1, 4.1), times(1.0, 1.0, 1.0, 1.0)
        tell(adapter, tally(performed=3, failed=1, run=run, wait=wait))

        page = show(operator)
        cells = row_of(page, "shop.ReportJob")

        assert cells[:3] == ["4", "1", "0"]
        assert cells[3:5] == ["1.1 s", "100 ms"]
        assert cells[5] == "100 ms"
        assert cells[8] == "4.1 s"
        assert cells[10:] == ["1.0 s", "1.0 s", "1.0 s"]
        assert re.findall(r"<title>(up to [^<]*)</title>", page) == [
            "up to 100 ms: 3",
            "up to 5.8 s: 1",
        ]

    def test_are_only_those_of_the_window(self, adapter: QueueAdapter, operator: Client) -> None:
        tell(adapter, tally(ago=7200, performed=3, run=times(1, 1, 1)))

        assert "shop.ReportJob" not in show(operator)
        assert "shop.ReportJob" in show(operator, window="24h")


class TestFailures:
    @pytest.mark.line("DB-019")
    def test_are_counted_by_class_error_and_window(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        old = tally(ago=5 * 3600, failed=2, failures={"shop.OutOfStock": 2})
        tell(adapter, tally(failed=1, failures={"shop.OutOfStock": 1}), old)

        page = show(operator)

        assert row_of(page, "shop.OutOfStock") == ["shop.ReportJob", "1", "1", "3", "3", "3"]
        link = re.search(r'href="([^"]*error_class=shop.OutOfStock[^"]*)"', page)
        assert link is not None
        listed = operator.get(link[1].replace("&amp;", "&"))
        assert listed.status_code == 200
        assert b'name="error_class" value="shop.OutOfStock"' in listed.content


class TestQueues:
    def test_are_shown_at_a_glance(self, adapter: QueueAdapter, operator: Client) -> None:
        inspector = adapter.inspector()
        assert inspector is not None
        inspector.pause("default")
        tell(adapter, tally(performed=2, wait=times(1.0, 1.0)))

        cells = row_of(show(operator), "default")

        assert cells == ["0", "–", "2", "1.0 s", "1.0 s"]
        assert "Paused" in show(operator)


class TestStore:
    @pytest.mark.line("DB-021")
    def test_facts_are_shown(self, adapter: QueueAdapter, operator: Client) -> None:
        page = show(operator)

        assert row_of(page, "Store") == ["SQLite"]
        assert re.match(r"[\d.]+\s[KMG]?B|[\d.]+\sbytes", row_of(page, "Size of the jobs")[0])


class TestWays:
    @pytest.mark.line("DB-002")
    @pytest.mark.parametrize("page", [OVERVIEW, JOBS])
    def test_show_how_many_have_failed_on_every_page(
        self, store: FakeInspector, operator: Client, page: str
    ) -> None:
        store.add(failed_record(), failed_record())

        text = re.sub(r"\s+", " ", operator.get(to(page)).content.decode())

        assert 'Jobs <span class="aj-count aj-count-bad" title="failed">2</span>' in text
        assert 'Processes <span class="aj-count aj-count-bad" title="registered">0</span>' in text


class TestWarnings:
    @pytest.mark.line("DB-093")
    def test_that_nobody_works_on_a_queue_come_first(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.queue_records = [QueueRecord(name="mailers", size=3, latency=9.0, paused=False)]

        page = show(operator)

        assert page.index("aj-notice") < page.index("aj-tile")
        assert "worker" in page[page.index("aj-notice") : page.index("aj-tile")]


class TestAccess:
    @pytest.mark.parametrize("permission", ["view_tally", "view_job"])
    def test_needs_its_permission_or_that_of_the_jobs(
        self, store: FakeInspector, login: Login, permission: str
    ) -> None:
        assert login(permission).get(to(OVERVIEW)).status_code == 200

    def test_is_refused_to_others(self, store: FakeInspector, login: Login) -> None:
        assert login("view_pause").get(to(OVERVIEW)).status_code == 403

    def test_leads_to_no_jobs_that_may_not_be_seen(
        self, adapter: QueueAdapter, login: Login
    ) -> None:
        tell(adapter, tally(performed=3, failed=1, failures={"ValueError": 1}, run=times(1, 1)))

        page = show(login("view_tally"))

        assert f'href="{to(JOBS)}' not in page

    def test_cannot_be_posted_to(self, store: FakeInspector, operator: Client) -> None:
        assert operator.post(to(OVERVIEW)).status_code == 405


class TestTroubles:
    def test_a_store_that_is_down_is_told(self, store: FakeInspector, operator: Client) -> None:
        store.is_down = True

        assert operator.get(to(OVERVIEW)).status_code == 503

    def test_an_adapter_without_tallies_has_counts_and_queues(
        self, store: FakeInspector, operator: Client
    ) -> None:
        store.sections = frozenset()
        store.add(job_record())

        page = show(operator)

        assert "aj-chart" not in page
        assert "aj-tile-count" in page

    def test_odd_names_are_shown(self, adapter: QueueAdapter, operator: Client) -> None:
        tell(
            adapter,
            tally(
                job_class="<b>\u202e" + "x" * 500,
                queue="a/b %&?",
                failed=1,
                failures={"<script>": 1},
                run=times(1),
            ),
        )

        for group in ("job_class", "queue"):
            page = show(operator, by=group)
            assert "<b>" not in page
            assert "<script>" not in page

    def test_costs_the_same_queries_whatever_there_is(
        self,
        adapter: QueueAdapter,
        operator: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        tell(
            adapter,
            *(
                tally(job_class=f"shop.Job{n}", queue=f"queue{n}", performed=1, failed=1)
                for n in range(40)
            ),
        )

        with django_assert_max_num_queries(32):
            operator.get(to(OVERVIEW), {"by": "job_class", "window": "7d"})
