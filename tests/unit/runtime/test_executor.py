"""One claim becomes one settlement."""

from __future__ import annotations

from contextvars import ContextVar

import pytest
from django.utils import timezone, translation

from django_activejob import ActiveJob
from django_activejob.contracts import Claim, ErrorRecord, Execution, Outcome
from django_activejob.job.packing import pack
from django_activejob.runtime import executor
from django_activejob.runtime.executor import cut_short, settlement_of

from .fakes import FakeAdapter, claim

ADAPTER = FakeAdapter()


class GreetJob(ActiveJob):
    def perform(self, name: str) -> str:
        if not name:
            raise ValueError("nobody to greet")
        return f"Hello, {name}"


class LeaveJob(ActiveJob):
    def perform(self) -> None:
        raise SystemExit(3)


class TravelJob(ActiveJob):
    """Tells what it finds around it, then changes it."""

    def perform(self) -> None:
        found.append(
            (translation.get_language(), timezone.get_current_timezone_name(), place.get())
        )
        translation.activate("de")
        timezone.activate("Asia/Tokyo")
        place.set("Kyoto")


place: ContextVar[str] = ContextVar("place", default="home")
found: list[tuple[str, str, str]] = []


def execution_of(one: Claim) -> Execution:
    execution = settlement_of(one, adapter=ADAPTER).execution
    assert execution is not None
    return execution


class TestSurroundings:
    @pytest.mark.parametrize(
        ("locale", "zone"), [(None, None), ("en", "UTC"), ("fr", "Europe/Paris")]
    )
    def test_a_job_finds_its_own_and_nothing_of_the_one_before(
        self, locale: str | None, zone: str | None
    ) -> None:
        found.clear()
        for _ in range(2):
            job = TravelJob()
            job.locale, job.timezone = locale, zone
            execution = execution_of(Claim(token="1:1", envelope=pack(job)))
            assert execution.outcome is Outcome.PERFORMED
        assert found == [(locale or "en", zone or "UTC", "home")] * 2
        assert (translation.get_language(), place.get()) == ("en", "home")
        assert timezone.get_current_timezone_name() == "UTC"


class TestSettlementOf:
    def test_a_job_that_performs_is_performed(self) -> None:
        one = Claim(token="1:1", envelope=pack(GreetJob("Ada")))
        settlement = settlement_of(one, adapter=ADAPTER)
        assert settlement.claim is one
        assert settlement.execution.outcome is Outcome.PERFORMED
        assert settlement.execution.seconds >= 0

    def test_a_job_that_raises_has_failed(self) -> None:
        execution = execution_of(Claim(token="1:1", envelope=pack(GreetJob(""))))
        assert execution.outcome is Outcome.FAILED
        assert execution.error.class_name == "ValueError"
        assert execution.error.message == "nobody to greet"

    @pytest.mark.line("RQ-105")
    def test_a_job_that_exits_has_failed(self) -> None:
        execution = execution_of(Claim(token="1:1", envelope=pack(LeaveJob())))
        assert execution.outcome is Outcome.FAILED
        assert execution.error.class_name == "SystemExit"

    def test_what_cannot_be_read_has_failed_for_the_reason_that_the_store_gives(self) -> None:
        reason = ErrorRecord(class_name="MalformedPayload", message="no JSON")
        execution = execution_of(Claim(token="1:1", envelope=None, unreadable=reason))
        assert execution.outcome is Outcome.FAILED
        assert execution.error is reason

    def test_what_cannot_be_read_has_failed_without_a_reason_too(self) -> None:
        execution = execution_of(Claim(token="1:1", envelope=None))
        assert execution.error.message == "The store held nothing that can be read as a job."

    @pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyboardInterrupt(), SystemExit(1)])
    def test_even_an_error_of_ours_is_an_end(
        self, monkeypatch: pytest.MonkeyPatch, error: BaseException
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(executor, "execute", fail)
        execution = execution_of(claim())
        assert execution.outcome is Outcome.FAILED
        assert execution.error.class_name == type(error).__name__


class TestCutShort:
    def test_says_why_and_what_to_do(self) -> None:
        execution = cut_short(claim("7:1"), adapter=ADAPTER).execution
        assert execution is not None
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert execution.error.class_name == "django_activejob.errors.ExecutionLost"
        assert execution.error.message.startswith("shop.ReportJob (6f0a): it had not ended when")
        assert "See what it has done before you retry it." in execution.error.message

    def test_knows_what_to_call_a_claim_without_an_envelope(self) -> None:
        execution = cut_short(Claim(token="7:1", envelope=None), adapter=ADAPTER).execution
        assert execution is not None
        assert execution.error is not None
        assert execution.error.message.startswith("Claim 7:1: ")
