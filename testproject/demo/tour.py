"""The tour: everything that the demo promises, done once, without a person."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from testproject.demo.browser import Browser
from testproject.demo.site import PASSWORD, USER, Site

T = TypeVar("T")
LONGEST_ANSWER = 0.1  # seconds that the form may take


class TourFailed(Exception):
    """Something did not happen."""


def take_the_tour() -> int:
    """Runs every step; 0 only if all of it happened."""
    with tempfile.TemporaryFile("w+") as output:
        site = Site(port=8100, output=output)
        try:
            Tour(site).run()
        except TourFailed as failure:
            print(f"\nThe tour failed: {failure}\n\nWhat the two programs said:", flush=True)
            output.seek(0)
            sys.stdout.write(output.read())
            return 1
    print("\nEverything happened.", flush=True)
    return 0


class Tour:
    """The steps, in order; state: the site, and a visitor's browser."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._browser = Browser(site.url)

    def run(self) -> None:
        """Takes all steps."""
        _step("A fresh SQLite file is migrated", self._site.prepare)
        with self._site:
            _step("The web server and runjobs are up", self._open_the_page)
            _step("A thought is posted", self._post_first)
            _step("Its words are counted by a job that was given the model instance", self._counted)
            _step("Its mail arrives", lambda: self._mail_arrives(1))
            _step("A second thought is posted", self._post_second)
            _step("The worker that sends its mail is killed (SIGKILL)", self._kill_the_sender)
            _step("Its mail arrives all the same, once", lambda: self._mail_arrives(2))
            _step("The admin pages show it", self._read_the_admin)
            _step("runjobs stops when it is asked to (SIGTERM)", self._stop_the_jobs)

    def _open_the_page(self) -> str:
        _expect(self._browser.get("").status == 200, "the page with the form did not open")
        _until(lambda: len(_inspector().processes()) >= 3, "runjobs has registered", within=30)
        workers = [p for p in _inspector().processes() if p.kind == "worker"]
        return f"{len(workers)} workers"

    def _post_first(self) -> str:
        return self._post("jobs that survive are jobs you can trust")

    def _post_second(self) -> str:
        return self._post("even this one will come back")

    def _post(self, text: str) -> str:
        answer = self._browser.post("", email="you@example.com", text=text)
        _expect(answer.status == 302, f"the form answered {answer.status}")
        _expect(
            answer.seconds < LONGEST_ANSWER,
            f"the form took {answer.seconds:.3f} s, and may take {LONGEST_ANSWER:.3f} s",
        )
        return f"answered in {answer.seconds * 1000:.0f} ms"

    def _counted(self) -> None:
        _until(lambda: "8 words" in self._browser.get("").text, "the page shows the count")

    def _mail_arrives(self, number: int) -> str:
        _until(lambda: self._mails() >= number, f"mail {number} is in the inbox", within=60)
        _expect(self._mails() == number, "a mail was delivered twice")
        return f"{number} in the inbox; a delivery takes {settings.MAIL_SECONDS:.0f} s"

    def _mails(self) -> int:
        return self._browser.get("inbox/").text.count("<h2>Your thought</h2>")

    def _kill_the_sender(self) -> str:
        pid = _until(_pid_of_the_sender, "a worker is sending the mail")
        os.kill(pid, signal.SIGKILL)
        return f"process {pid}"

    def _read_the_admin(self) -> str:
        self._browser.get("admin/login/")
        answer = self._browser.post("admin/login/", username=USER, password=PASSWORD)
        _expect(answer.status == 302, "the admin did not let us in")
        for path, text in _ADMIN_PAGES:
            page = self._browser.get(path)
            _expect(page.status == 200, f"/{path} answered {page.status}")
            _expect(text in page.text, f"/{path} does not show {text!r}")
        return ", ".join(f"/{path}" for path, _ in _ADMIN_PAGES)

    def _stop_the_jobs(self) -> None:
        status = self._site.stop("jobs")
        _expect(status == 0, f"runjobs ended with status {status}")
        _expect(not _inspector().processes(), "a process did not deregister")


_ADMIN_PAGES = (
    ("admin/django_activejob/job/?status=finished", "MailDeliveryJob"),
    ("admin/django_activejob/pause/", "mailers"),
)


def _inspector():  # type: ignore[no-untyped-def]  # its type is only importable once Django is set up
    from django_activejob import handler

    return handler.adapter().inspector()


def _pid_of_the_sender() -> int | None:
    from django_activejob.contracts import JobQuery

    inspector = _inspector()
    pids = {process.id: process.pid for process in inspector.processes()}
    for job in inspector.jobs(JobQuery(status="running", queue="mailers")).jobs:
        return pids.get(job.process_id)
    return None


def _step(sentence: str, action: Callable[[], str | None]) -> None:
    # On a terminal the line stands there while its step goes on.
    if sys.stdout.isatty():
        print(f"  … {sentence}", end="\r", flush=True)
    started = time.monotonic()
    detail = action()
    seconds = time.monotonic() - started
    print(f"  ✓ {sentence}: {f'{detail}, ' if detail else ''}{seconds:.1f} s", flush=True)


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise TourFailed(otherwise)


def _until(condition: Callable[[], T], what: str, *, within: float = 20.0) -> T:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise TourFailed(f"{what}: not within {within:.0f} seconds")
