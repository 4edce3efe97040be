"""What operators do all day, in a real browser, under a strict content security policy."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from .site import Site

pytestmark = pytest.mark.needs("chromium")

JOBS = "django_activejob/job/"
QUEUES = "django_activejob/pause/"
SOON = 30_000  # milliseconds


@pytest.mark.line("DB-108")
def test_every_page_opens_without_a_complaint(page: Page, site: Site) -> None:
    site.act("scenery")
    page.goto(site.uri())
    links = page.locator("#content tbody a[href*='/django_activejob/']")
    addresses = {link.get_attribute("href") or "" for link in links.all()}
    assert len(addresses) >= 5
    wide = []
    for address in sorted(addresses):
        page.goto(site.uri(address.removeprefix("/admin/")))
        expect(page.locator("[data-aj-page]")).to_be_visible()
        wide += wide_boxes(page)
        for detail in page.locator("[data-aj-page] tbody th a").all()[:1]:
            detail.click()
            expect(page.locator("[data-aj-page]")).to_be_visible()
            wide += wide_boxes(page)
            break
    page.goto(site.uri(JOBS + "?status=failed"))
    wide += wide_boxes(page)
    assert "\n".join(wide) == ""


def wide_boxes(page: Page) -> list[str]:
    """What is cut on a page that is 1280 pixels wide: boxes whose tables would have to scroll."""
    boxes = page.locator("[data-aj-page] .aj-scroll").all()
    cut = [box for box in boxes if box.evaluate("box => box.scrollWidth > box.clientWidth")]
    return [
        f"{page.url}: {box.get_attribute('aria-label') or box.get_attribute('aria-labelledby')}"
        for box in cut
    ]


@pytest.mark.line("DB-005", "DB-057")
def test_a_failed_job_is_retried_and_seen_to_finish(page: Page, site: Site) -> None:
    (site.folder / "closed").touch()
    site.act("enqueue", "ReceiptJob", [1017])
    site.drain()
    (site.folder / "closed").unlink()
    page.goto(site.uri(JOBS + "?status=failed"))
    tabs = page.get_by_role("navigation", name="Jobs by status")
    expect(tabs.get_by_role("link", name="Failed")).to_contain_text("1")
    page.get_by_role("link", name="shop.ReceiptJob").click()
    expect(page.locator("[data-aj-page]")).to_contain_text("421 closed for maintenance")

    page.get_by_role("button", name="Retry", exact=True).click()
    expect(page.get_by_text("1 job is ready again.")).to_be_visible()
    page.goto(site.uri(JOBS))
    expect(tabs.get_by_role("link", name="Ready")).to_contain_text("1")
    site.runjobs()

    # Nobody loads the page again.
    expect(tabs.get_by_role("link", name="Finished")).to_contain_text("1", timeout=SOON)
    expect(page.locator("#aj-jobs")).to_contain_text("Finished", timeout=SOON)
    expect(tabs.get_by_role("link", name="Ready")).to_contain_text("0")


@pytest.mark.line("DB-077")
def test_a_queue_is_paused_and_resumed(page: Page, site: Site) -> None:
    site.act("enqueue", "ReceiptJob", [1], [2])
    page.goto(site.uri(QUEUES))

    page.get_by_role("button", name="Pause mailers").click()

    expect(page.get_by_text("Queue mailers is paused")).to_be_visible()
    assert site.act("paused") == ["mailers"]
    page.get_by_role("button", name="Resume mailers").click()
    expect(page.get_by_text("Queue mailers is resumed")).to_be_visible()
    assert site.act("paused") == []


@pytest.mark.line("DB-068", "DB-071")
def test_many_jobs_are_discarded_after_asking_back(page: Page, site: Site) -> None:
    site.act("enqueue", "ReceiptJob", *([number] for number in range(60)))
    site.act("enqueue", "ReportJob", ["2026-01"])
    page.goto(site.uri(JOBS + "?status=ready&queue=mailers"))
    page.locator("select[name=scope]").select_option("matching")

    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("heading", name="Discard 60 jobs?")).to_be_visible()
    page.get_by_role("button", name="Discard", exact=True).click()

    expect(page.get_by_text("60 jobs discarded.")).to_be_visible()
    page.goto(site.uri(JOBS))
    expect(page.locator("#aj-jobs tbody tr")).to_have_count(1)


def test_all_boxes_of_a_page_are_ticked_at_once(page: Page, site: Site) -> None:
    site.act("enqueue", "ReceiptJob", [1], [2], [3])
    page.goto(site.uri(JOBS + "?status=ready"))

    page.get_by_role("checkbox", name="Tick all on this page").check()
    page.get_by_role("button", name="Discard").click()

    expect(page.get_by_role("heading", name="Discard 3 jobs?")).to_be_visible()


@pytest.mark.line("DB-085", "DB-089")
def test_a_worker_is_told_to_be_quiet_and_seen_to_obey(page: Page, site: Site) -> None:
    site.runjobs()
    page.goto(site.uri("django_activejob/process/"))
    expect(page.get_by_text("Working")).to_be_visible(timeout=SOON)

    page.get_by_role("button", name="Quiet worker-1").click()

    expect(page.locator("#aj-processes").get_by_text("Quiet", exact=True)).to_be_visible(
        timeout=SOON
    )


def test_the_pages_work_without_scripts(page: Page, site: Site) -> None:
    site.act("enqueue", "ReceiptJob", [1], [2])
    assert page.context.browser is not None
    context = page.context.browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(site.uri(JOBS + "?status=ready"))

    plain.locator("input[name=id]").first.check()
    plain.get_by_role("button", name="Discard").click()
    plain.get_by_role("button", name="Discard", exact=True).click()

    expect(plain.get_by_text("1 job discarded.")).to_be_visible()
    context.close()


CONTRASTS = """() => {
    const channel = (value) =>
        value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const parts = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const behind = (element) => {
        const color = parts(getComputedStyle(element).backgroundColor);
        return color[3] === 0 && element.parentElement ? behind(element.parentElement) : color;
    };
    const chosen = ".aj-status, .aj-notice, .aj-quiet, .aj-mark, .aj-bad, .aj-table :is(td, th)";
    const elements = [...document.querySelectorAll(chosen)].filter((one) => one.innerText.trim());
    return elements.map((one) => {
        const text = light(parts(getComputedStyle(one).color)), ground = light(behind(one));
        const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
        return [ratio, one.className, one.innerText.slice(0, 40)];
    });
}"""


@pytest.mark.line("DB-007")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_in_light_and_dark(
    page: Page, site: Site, scheme: Literal["light", "dark"]
) -> None:
    site.act("scenery")
    page.emulate_media(color_scheme=scheme)
    for path in ("tally/", "job/?status=failed", "pause/", "process/", "recurringtask/"):
        page.goto(site.uri("django_activejob/" + path))
        found = page.evaluate(CONTRASTS)
        assert len(found) > 10
        assert [entry for entry in found if entry[0] < 4.5] == []
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") is (scheme == "light")
