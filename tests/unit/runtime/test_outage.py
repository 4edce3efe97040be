"""Bearing what fails again and again."""

from __future__ import annotations

import logging

import pytest

from django_activejob.errors import AdapterUnavailable
from django_activejob.runtime.outage import Backoff, Outage


class TestBackoff:
    def test_waits_double_up_to_the_cap(self) -> None:
        backoff = Backoff(first=1.0, cap=3.0)
        waits = [backoff.next() for _ in range(5)]
        assert [
            low <= wait <= low * 2 for wait, low in zip(waits, [0.5, 1, 1.5, 1.5, 1.5], strict=True)
        ]
        assert 0.5 <= waits[0] <= 1.0
        assert 1.0 <= waits[1] <= 2.0
        assert all(1.5 <= wait <= 3.0 for wait in waits[2:])

    def test_begins_anew_after_a_reset(self) -> None:
        backoff = Backoff(first=1.0, cap=60.0)
        for _ in range(5):
            backoff.next()
        backoff.reset()
        assert backoff.next() <= 1.0


class TestOutage:
    @pytest.mark.line("RQ-057")
    def test_an_outage_is_logged_once_and_its_end_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        outage = Outage("Beating")
        with caplog.at_level(logging.WARNING, logger="django_activejob"):
            for _ in range(10):
                outage.failed(AdapterUnavailable("no route to host"))
            outage.ended()
            outage.ended()
        assert [record.getMessage() for record in caplog.records] == [
            "Beating: fails and is tried again until it works: "
            "AdapterUnavailable: no route to host",
            "Beating: works again.",
        ]

    def test_another_kind_of_error_is_logged_too(self, caplog: pytest.LogCaptureFixture) -> None:
        outage = Outage("Beating")
        outage.failed(AdapterUnavailable("no route to host"))
        outage.failed(ValueError("odd"))
        assert "ValueError: odd" in caplog.messages[-1]

    def test_only_a_bug_gets_a_traceback(self, caplog: pytest.LogCaptureFixture) -> None:
        outage = Outage("Beating")
        outage.failed(AdapterUnavailable("no route to host"))
        outage.failed(ValueError("odd"))
        assert [bool(record.exc_info) for record in caplog.records] == [False, True]

    def test_is_on_from_the_first_failure_to_the_next_success(self) -> None:
        outage = Outage("Beating")
        assert not outage.is_on
        outage.failed(ValueError("odd"))
        assert outage.is_on
        outage.ended()
        assert not outage.is_on
