"""How the pages keep themselves fresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.waiting import until

from .site import Site

pytestmark = pytest.mark.needs("chromium")

JOBS = "django_activejob/job/"
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def fetched(page: Page, site: Site) -> list[str]:
    """The addresses that the page's script has asked for; its clock stands still."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "fetch":
            asked.append(request.url)

    page.clock.install()
    site.act("enqueue", "ReceiptJob", [1])
    page.goto(site.uri(JOBS))
    page.on("request", note)
    return asked


def pass_time(page: Page, seconds: float) -> None:
    """Let the page's clock go on."""
    page.clock.run_for(int(seconds * 1000))


def settled(page: Page, condition: Callable[[], Any]) -> None:
    """Wait for something while the browser goes on."""

    def look() -> Any:
        page.wait_for_timeout(20)
        return condition()

    until(look)


@pytest.mark.line("DB-005", "RQ-242")
class TestRefresh:
    def test_shows_what_is_new(self, page: Page, site: Site, fetched: list[str]) -> None:
        site.act("enqueue", "ReceiptJob", [2])

        pass_time(page, 6)

        expect(page.locator("#aj-jobs tbody tr")).to_have_count(2)
        assert len(fetched) == 1

    def test_leaves_a_ticked_page_alone(self, page: Page, site: Site, fetched: list[str]) -> None:
        page.locator("input[name=id]").first.check()

        pass_time(page, 60)

        assert fetched == []
        expect(page.locator("input[name=id]").first).to_be_checked()

    @pytest.mark.line("DB-006")
    def test_rests_while_the_tab_is_hidden(
        self, page: Page, site: Site, fetched: list[str]
    ) -> None:
        page.evaluate(HIDE, True)
        pass_time(page, 120)
        assert fetched == []

        page.evaluate(HIDE, False)
        pass_time(page, 6)
        settled(page, lambda: fetched)

    def test_never_asks_twice_at_a_time(self, page: Page, site: Site, fetched: list[str]) -> None:
        waiting: list[Route] = []
        page.route("**/job/**", lambda route: waiting.append(route))

        pass_time(page, 6)
        settled(page, lambda: waiting)
        pass_time(page, 300)
        page.evaluate(HIDE, False)
        pass_time(page, 300)

        assert len(waiting) == 1
        waiting[0].continue_()

    def test_asks_a_failing_server_less_and_less(
        self, page: Page, site: Site, fetched: list[str], complaints: list[str]
    ) -> None:
        page.route("**/job/**", lambda route: route.fulfill(status=503, body=""))
        gaps = []
        for number in range(1, 5):
            waited = 0
            while len(fetched) < number:
                pass_time(page, 1)
                waited += 1
                page.wait_for_timeout(10)
            gaps.append(waited)
            page.wait_for_timeout(100)

        assert gaps == sorted(gaps)
        assert gaps[3] > 4 * gaps[0]
        assert all("503" in complaint for complaint in complaints)
        complaints.clear()

    def test_can_be_stopped_for_good(self, page: Page, site: Site, fetched: list[str]) -> None:
        page.get_by_role("button", name="Stop live refresh").click()
        pass_time(page, 60)
        assert fetched == []

        page.goto(site.uri(JOBS))
        pass_time(page, 60)
        assert fetched == []

        page.get_by_role("button", name="Start live refresh").click()
        page.mouse.move(5, 5)
        pass_time(page, 6)
        settled(page, lambda: fetched)
