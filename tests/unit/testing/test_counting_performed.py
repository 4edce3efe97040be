from __future__ import annotations

from typing import Any

import pytest

from django_activejob import ActiveJob
from django_activejob.testing import JobAssertions, RecordedJob
from tests.jobs import buffer
from tests.jobs.hello import HelloJob
from tests.unit.testing.furniture import LoggingJob, around, enqueue, fails, refuses


def hello_record(record: RecordedJob) -> bool:
    assert isinstance(record, RecordedJob)
    return record.job is HelloJob


def logging_record(record: RecordedJob) -> bool:
    assert isinstance(record, RecordedJob)
    return record.job is LoggingJob


def hello_job(job: ActiveJob) -> bool:
    return isinstance(job, HelloJob)


def logging_job(job: ActiveJob) -> bool:
    return isinstance(job, LoggingJob)


class TestNumbers:
    @pytest.mark.line("AJ-440", "AJ-441")
    def test_a_block_performs_and_counts_what_it_enqueues(self, jobs: JobAssertions) -> None:
        with jobs.assert_performed_jobs(1):
            enqueue("hello")
        with jobs.assert_performed_jobs(2):
            enqueue("logging", "logging")
        assert buffer.lines() == ["David says hello", "logged None", "logged None"]

    @pytest.mark.line("AJ-442", "AJ-446")
    def test_too_few_fail(self, jobs: JobAssertions) -> None:
        message = "2 jobs expected, but 1 were performed.\nExpected: 2\n  Actual: 1"
        with fails(message), jobs.assert_performed_jobs(2):
            enqueue("hello")

    @pytest.mark.line("AJ-447")
    def test_too_many_fail(self, jobs: JobAssertions) -> None:
        with fails("1 jobs expected, but 2 were performed."), jobs.assert_performed_jobs(1):
            enqueue("hello", "hello")

    @pytest.mark.line("AJ-443")
    def test_a_plain_call_counts_everything_so_far(self, jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs():
            enqueue("hello")
            jobs.assert_performed_jobs(1)
            enqueue("hello", "logging")
            jobs.assert_performed_jobs(3)

    @pytest.mark.line("AJ-444", "AJ-445")
    def test_at_first_there_are_none(self, jobs: JobAssertions) -> None:
        jobs.assert_no_performed_jobs()
        with jobs.assert_no_performed_jobs():
            pass

    @pytest.mark.line("AJ-448")
    def test_one_is_not_none(self, jobs: JobAssertions) -> None:
        with fails("0 jobs expected, but 1 were performed."), jobs.assert_no_performed_jobs():
            enqueue("hello")

    def test_perform_now_does_not_count(self, jobs: JobAssertions) -> None:
        with jobs.assert_no_performed_jobs():
            HelloJob.perform_now()


def case(
    line: str, enqueued: list[str], number: int, options: dict[str, Any], actual: int | None = None
) -> Any:
    marks = pytest.mark.line(line)
    return pytest.param(enqueued, number, options, actual, marks=marks, id=line)


def expected_failure(number: int, actual: int | None) -> str | None:
    return None if actual is None else f"{number} jobs expected, but {actual} were performed."


MIXED = ["hello", "logging"]
QUEUES = ["hello@some", "hello", "logging@some"]
ONE_OF_FIVE = ["hello", *["logging"] * 4]
TWO = ["hello", "hello", "logging"]
SOME = {"queue": "some"}
HELLO_IN_SOME = {"only": HelloJob, "queue": "some"}
NO_LOGGING_IN_SOME = {"except_": LoggingJob, "queue": "some"}


class TestFiltersOfBlocks:
    @pytest.mark.parametrize(
        ("enqueued", "number", "options", "actual"),
        [
            case("AJ-449", MIXED, 1, {"only": HelloJob}),
            case("AJ-450", MIXED, 1, {"only": hello_job}),
            case("AJ-454", MIXED, 1, {"except_": LoggingJob}),
            case("AJ-455", MIXED, 1, {"except_": logging_job}),
            case("AJ-461", [*MIXED, "third"], 2, {"only": [HelloJob, LoggingJob]}),
            case("AJ-462", [*MIXED, "third"], 1, {"except_": [HelloJob, LoggingJob]}),
            case("AJ-464", ["logging"], 1, {"only": HelloJob}, 0),
            case("AJ-465", ["hello"], 1, {"except_": HelloJob}, 0),
            case("AJ-467", ONE_OF_FIVE, 5, {"only": HelloJob}, 1),
            case("AJ-468", ONE_OF_FIVE, 5, {"except_": LoggingJob}, 1),
            case("AJ-470", TWO, 1, {"only": HelloJob}, 2),
            case("AJ-471", TWO, 1, {"except_": LoggingJob}, 2),
            case("AJ-473", QUEUES, 2, SOME),
            case("AJ-474", ["hello"], 1, SOME, 0),
            case("AJ-477", QUEUES, 1, HELLO_IN_SOME),
            case("AJ-478", ["hello", "logging@some"], 1, HELLO_IN_SOME, 0),
            case("AJ-481", QUEUES, 1, NO_LOGGING_IN_SOME),
            case("AJ-482", ["hello", "logging@some"], 1, NO_LOGGING_IN_SOME, 0),
            case("AJ-485", ["logging"], 0, {"only": HelloJob}),
            case("AJ-488", ["hello"], 0, {"except_": HelloJob}),
            case("AJ-493", ["third"], 0, {"only": [HelloJob, LoggingJob]}),
            case("AJ-494", MIXED, 0, {"except_": [HelloJob, LoggingJob]}),
            case("AJ-496", ["hello"], 0, {"only": HelloJob}, 1),
            case("AJ-497", ["hello"], 0, {"except_": LoggingJob}, 1),
            case("AJ-499", MIXED, 0, SOME),
            case("AJ-500", ["hello@some"], 0, SOME, 1),
            case("AJ-503", ["hello", "logging@some"], 0, HELLO_IN_SOME),
            case("AJ-504", QUEUES, 0, HELLO_IN_SOME, 1),
            case("AJ-507", ["hello", "logging@some"], 0, NO_LOGGING_IN_SOME),
            case("AJ-508", QUEUES, 0, NO_LOGGING_IN_SOME, 1),
        ],
    )
    def test_only_what_is_meant_is_performed(
        self,
        enqueued: list[str],
        number: int,
        options: dict[str, Any],
        actual: int | None,
        jobs: JobAssertions,
    ) -> None:
        def helper() -> Any:
            if number == 0:
                return jobs.assert_no_performed_jobs(**options)
            return jobs.assert_performed_jobs(number, **options)

        with fails(expected_failure(number, actual)):
            around(helper, lambda: enqueue(*enqueued))
        performed = number if actual is None else actual
        assert len(jobs.performed_jobs) == performed
        assert len(jobs.enqueued_jobs) == len(enqueued) - performed


class TestFiltersOfPlainCalls:
    @pytest.mark.parametrize(
        ("enqueued", "number", "options", "actual"),
        [
            case("AJ-451", MIXED, 1, {"only": HelloJob}),
            case("AJ-452", MIXED, 1, {"only": hello_record}),
            case("AJ-453", ["logging"], 1, {"only": HelloJob}, 0),
            case("AJ-456", MIXED, 1, {"except_": LoggingJob}),
            case("AJ-457", MIXED, 1, {"except_": logging_record}),
            case("AJ-458", ["hello"], 1, {"except_": HelloJob}, 0),
            case("AJ-475", QUEUES, 2, SOME),
            case("AJ-476", ["hello"], 1, SOME, 0),
            case("AJ-479", QUEUES, 1, HELLO_IN_SOME),
            case("AJ-480", ["hello", "logging@some"], 1, HELLO_IN_SOME, 0),
            case("AJ-483", QUEUES, 1, NO_LOGGING_IN_SOME),
            case("AJ-484", ["hello", "logging@some"], 1, NO_LOGGING_IN_SOME, 0),
            case("AJ-486", ["logging"], 0, {"only": HelloJob}),
            case("AJ-487", ["hello"], 0, {"only": HelloJob}, 1),
            case("AJ-489", ["hello"], 0, {"except_": HelloJob}),
            case("AJ-490", ["hello"], 0, {"except_": LoggingJob}, 1),
            case("AJ-501", MIXED, 0, SOME),
            case("AJ-502", ["hello@some"], 0, SOME, 1),
            case("AJ-505", ["hello", "logging@some"], 0, HELLO_IN_SOME),
            case("AJ-506", QUEUES, 0, HELLO_IN_SOME, 1),
            case("AJ-509", ["hello", "logging@some"], 0, NO_LOGGING_IN_SOME),
            case("AJ-510", QUEUES, 0, NO_LOGGING_IN_SOME, 1),
        ],
    )
    def test_only_what_is_meant_counts(
        self,
        enqueued: list[str],
        number: int,
        options: dict[str, Any],
        actual: int | None,
        jobs: JobAssertions,
    ) -> None:
        enqueue(*enqueued)
        jobs.perform_enqueued_jobs()
        with fails(expected_failure(number, actual)):
            if number == 0:
                jobs.assert_no_performed_jobs(**options)
            else:
                jobs.assert_performed_jobs(number, **options)


class TestBothFilters:
    @pytest.mark.line("AJ-459", "AJ-460", "AJ-463", "AJ-466", "AJ-469", "AJ-472")
    @pytest.mark.parametrize("enqueued", [[], ["hello"], ["hello", "hello", "logging"]])
    @pytest.mark.parametrize("only", [HelloJob, [HelloJob, LoggingJob]])
    def test_are_refused(self, enqueued: list[str], only: Any, jobs: JobAssertions) -> None:
        with refuses(), jobs.assert_performed_jobs(1, only=only, except_=only):
            enqueue(*enqueued)
        enqueue(*enqueued)
        jobs.perform_enqueued_jobs()
        with refuses():
            jobs.assert_performed_jobs(1, only=only, except_=only)

    @pytest.mark.line("AJ-491", "AJ-492", "AJ-495", "AJ-498")
    @pytest.mark.parametrize("enqueued", [[], ["hello"]])
    @pytest.mark.parametrize("only", [HelloJob, [HelloJob, LoggingJob]])
    def test_for_none_too(self, enqueued: list[str], only: Any, jobs: JobAssertions) -> None:
        with refuses(), jobs.assert_no_performed_jobs(only=only, except_=only):
            enqueue(*enqueued)
        enqueue(*enqueued)
        jobs.perform_enqueued_jobs()
        with refuses():
            jobs.assert_no_performed_jobs(only=only, except_=only)

    def test_for_performing_too(self, jobs: JobAssertions) -> None:
        with refuses(), jobs.perform_enqueued_jobs(only=HelloJob, except_=LoggingJob):
            enqueue("hello")
        with refuses():
            jobs.perform_enqueued_jobs(only=HelloJob, except_=LoggingJob)
