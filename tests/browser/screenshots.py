"""Takes the pictures of the documentation: ``python -m tests.browser.screenshots FOLDER``.

Writes a light and a dark picture of every page, as PNG; with Pillow installed, as WebP.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests import services

from .conftest import log_in
from .site import Site

WIDTH, HEIGHT = 1280, 860
QUALITY = 82  # of WebP

PAGES = {
    "overview": "django_activejob/tally/",
    "jobs": "django_activejob/job/?status=ready",
    "failed": "django_activejob/job/?status=failed",
    "queues": "django_activejob/pause/",
    "processes": "django_activejob/process/",
    "recurring": "django_activejob/recurringtask/",
    "recurring-task": "django_activejob/recurringtask/stock/change/",
    "recurring-form": "django_activejob/recurringtask/add/",
    "semaphores": "django_activejob/semaphore/",
    "semaphore": "django_activejob/semaphore/shop.ImportJob_2Facme/change/",
}


def main(folder: Path, *names: str) -> None:
    """Makes a shop, and a picture of each of its pages, or of those named."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        site = Site(Path(place))
        try:
            site.act("scenery")
            _take_all(site, folder, names)
        finally:
            site.close()


def _take_all(site: Site, folder: Path, names: tuple[str, ...]) -> None:
    program = services.service("chromium").url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            _take(browser, site, scheme, folder, names)  # type: ignore[arg-type]  # one of two
        browser.close()


def _take(
    browser: Browser,
    site: Site,
    scheme: Literal["light", "dark"],
    folder: Path,
    names: tuple[str, ...],
) -> None:
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
    page = context.new_page()
    log_in(page, site)
    for name, path in PAGES.items():
        if not names or name in names:
            site.act("freshen")
            page.goto(site.uri(path))
            _write(page, folder / f"{name}-{scheme}")
    if not names or "job" in names:
        page.goto(site.uri(PAGES["failed"]))
        page.locator("#aj-jobs tbody th a").first.click()
        _write(page, folder / f"job-{scheme}")
    context.close()


def _write(page: Page, place: Path) -> None:
    picture = page.screenshot(full_page=True)
    try:
        from PIL import Image
    except ImportError:
        place.with_suffix(".png").write_bytes(picture)
        return
    Image.open(io.BytesIO(picture)).save(place.with_suffix(".webp"), quality=QUALITY, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
