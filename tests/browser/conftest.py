"""A shop, and a browser with somebody at it who may do everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from tests import services

from .site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The shop; its jobs are those of the last test that has emptied it."""
    site = Site(Path(tmp_path_factory.mktemp("shop")))
    yield site
    site.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window.

    It ends with its module: while Playwright runs, the main thread counts as one with a
    running event loop, and other tests would see that.
    """
    program = services.service("chromium").url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser has to say against the pages; the test fails if there is anything."""
    return []


@pytest.fixture
def page(browser: Browser, site: Site, complaints: list[str]) -> Iterator[Page]:
    """A page of somebody who is logged in, in an empty shop."""
    site.act("empty")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def note(error: Error) -> None:
        complaints.append(error.message)

    page.on("console", hear)
    page.on("pageerror", note)
    log_in(page, site)
    yield page
    context.close()
    site.stop_jobs()
    (site.folder / "closed").unlink(missing_ok=True)
    assert complaints == []


def log_in(page: Page, site: Site) -> None:
    """Enter the admin."""
    page.goto(site.uri())
    page.get_by_label("Username:").fill("admin")
    page.get_by_label("Password:").fill("admin")
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("Site administration").first.wait_for()
