"""A forked process, as its supervisor sees it."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Sequence
from typing import Final

from django.db import connections

from django_activejob import clock, handler

from . import os_signals, streams
from .birth import READY, Birth, Exit
from .configuration import ProcessPlan
from .heartbeat import Death
from .os_signals import SignalInbox
from .process import live_and_exit
from .started import StartedPage

BOOT_TIMEOUT: Final = 30.0
"""Seconds without a word after which a child that is not ready yet is hung."""


class Child:
    """One living process: its pid, its news, and the page in which it marks what it starts."""

    def __init__(self, *, pid: int, process_id: str, news: int, page: StartedPage) -> None:
        self.pid = pid
        self.news = news
        self.born_at = clock.monotonic()
        self.is_ready = False
        self._process_id = process_id
        self._page = page
        self._heard_at = self.born_at

    def listen(self) -> None:
        """Takes in what the child has said."""
        try:
            words = os.read(self.news, 4096)
        except BlockingIOError:
            return
        if words:
            self._heard_at = clock.monotonic()
            self.is_ready = self.is_ready or READY in words

    def is_hung(self) -> bool:
        """Whether it should long have said that it is ready, or why not yet."""
        return not self.is_ready and clock.monotonic() - self._heard_at > BOOT_TIMEOUT

    def send(self, number: signal.Signals) -> None:
        """Sends a signal; a child that has just died does not mind."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return

    def death(self, status: int) -> Death | None:
        """How it died, from the status of wait; None when it left in order.

        Call it once: the page is given back.
        """
        self.listen()
        started, overdue = self._page.tokens(), self._page.overdue()
        self._page.close()
        os.close(self.news)
        if os.waitstatus_to_exitcode(status) in (Exit.IN_ORDER, Exit.STOPPED):
            return None
        return Death(
            process_id=self._process_id,
            reason=describe(status),
            started=started,
            overdue=overdue,
        )


def fork(plan: ProcessPlan, *, predecessors: Sequence[Death], inbox: SignalInbox) -> Child:
    """Forks a child that lives by a plan."""
    take_leave_of_stores()
    process_id = uuid.uuid4().hex
    page = StartedPage(slots=plan.worker.slots if plan.worker else 0)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    supervisor_pid = os.getpid()
    with os_signals.held_back():
        pid = os.fork()
        if pid == 0:
            inbox.disown()
            os.close(reading)
            birth = Birth(
                process_id=process_id,
                supervisor_pid=supervisor_pid,
                news=writing,
                page=page,
                predecessors=tuple(predecessors),
            )
            live_and_exit(plan, birth)
    os.close(writing)
    return Child(pid=pid, process_id=process_id, news=reading, page=page)


def take_leave_of_stores() -> None:
    """Closes every connection, and empties what two processes would otherwise both write."""
    handler.close()
    connections.close_all()
    _close_pools()
    streams.flush()


def _close_pools() -> None:
    """Ends the pools of connections that Django keeps on PostgreSQL: a child has not their threads.

    A child would wait for a connection for ever, or share one with its parent.
    """
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["OPTIONS"].get("pool"):
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone has it


def was_stopped(status: int) -> bool:
    """Whether an operator stopped it, from the status of wait."""
    return os.waitstatus_to_exitcode(status) == Exit.STOPPED


def describe(status: int) -> str:
    """A status of wait in words: "killed by SIGKILL", "exited with status 3"."""
    code = os.waitstatus_to_exitcode(status)
    if code == Exit.STOPPED:
        return "was stopped by an operator"
    if code == Exit.GIVEN_UP:
        return "left because the store had lost touch with it"
    if code == Exit.OVERDUE:
        return "left because a job did not end within its time limit"
    if code >= 0:
        return f"exited with status {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
