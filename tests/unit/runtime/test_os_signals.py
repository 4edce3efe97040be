"""Signals as messages."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from django_activejob.runtime import os_signals
from django_activejob.runtime.os_signals import SignalInbox


@pytest.fixture
def inbox() -> Iterator[SignalInbox]:
    inbox = SignalInbox()
    yield inbox
    inbox.close()


class TestSignalInbox:
    @pytest.mark.line("RQ-030")
    def test_gives_signals_in_the_order_of_their_coming(self, inbox: SignalInbox) -> None:
        os.kill(os.getpid(), signal.SIGTSTP)
        os.kill(os.getpid(), signal.SIGTERM)
        assert inbox.wait(60) == [signal.SIGTSTP, signal.SIGTERM]

    def test_gives_nothing_when_the_time_is_up(self, inbox: SignalInbox) -> None:
        assert inbox.wait(0) == []

    def test_any_thread_may_wake_it(self, inbox: SignalInbox) -> None:
        began = time.monotonic()
        threading.Thread(target=inbox.wake).start()
        assert inbox.wait(60) == []
        assert time.monotonic() - began < 30

    def test_wakes_for_other_descriptors(self, inbox: SignalInbox) -> None:
        reading, writing = os.pipe()
        os.write(writing, b"!")
        began = time.monotonic()
        assert inbox.wait(5, also=[reading]) == []
        assert time.monotonic() - began < 30
        os.close(reading)
        os.close(writing)

    def test_survives_more_wakes_than_the_pipe_holds(self, inbox: SignalInbox) -> None:
        for _ in range(70_000):
            inbox.wake()
        assert inbox.wait(0) == []

    def test_puts_the_old_handlers_back(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        inbox = SignalInbox()
        assert signal.getsignal(signal.SIGTERM) is not before
        inbox.close()
        assert signal.getsignal(signal.SIGTERM) is before


class TestHeldBack:
    @pytest.mark.line("RQ-197")
    def test_signals_wait_until_the_end(self, inbox: SignalInbox) -> None:
        with os_signals.held_back():
            signal.raise_signal(signal.SIGTERM)
            assert inbox.wait(0) == []
        assert inbox.wait(60) == [signal.SIGTERM]

    def test_a_child_may_let_them_through_itself(self, inbox: SignalInbox) -> None:
        with os_signals.held_back():
            signal.raise_signal(signal.SIGTERM)
            os_signals.let_through()
            assert inbox.wait(60) == [signal.SIGTERM]
