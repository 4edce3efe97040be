from __future__ import annotations

from typing import Any

import pytest

from django_activejob.serialization import Symbol
from django_activejob.testing import JobAssertions, RecordedJob
from tests.jobs.hello import HelloJob
from tests.jobs.keywords import KeywordJob
from tests.unit.testing.furniture import LoggingJob, around, enqueue, fails, refuses


def is_hello(record: RecordedJob) -> bool:
    assert isinstance(record, RecordedJob)
    return record.job is HelloJob


def is_logging(record: RecordedJob) -> bool:
    assert isinstance(record, RecordedJob)
    return record.job is LoggingJob


class TestNumbers:
    @pytest.mark.line("AJ-334", "AJ-335")
    def test_a_block_counts_what_it_enqueues(self, jobs: JobAssertions) -> None:
        with jobs.assert_enqueued_jobs(1):
            enqueue("hello")
        with jobs.assert_enqueued_jobs(2):
            enqueue("hello", "logging")
        with jobs.assert_enqueued_jobs(1):
            enqueue("hello")

    @pytest.mark.line("AJ-336")
    def test_a_block_leaves_out_what_was_enqueued_before(self, jobs: JobAssertions) -> None:
        enqueue("hello")
        message = "2 jobs expected, but 1 were enqueued.\nExpected: 2\n  Actual: 1"
        with fails(message), jobs.assert_enqueued_jobs(2):
            enqueue("hello")

    @pytest.mark.line("AJ-337")
    def test_a_plain_call_counts_everything_so_far(self, jobs: JobAssertions) -> None:
        enqueue("hello")
        jobs.assert_enqueued_jobs(1)
        enqueue("hello", "logging")
        jobs.assert_enqueued_jobs(3)
        with fails("2 jobs expected, but 3 were enqueued."):
            jobs.assert_enqueued_jobs(2)

    @pytest.mark.line("AJ-338")
    def test_at_first_there_are_none(self, jobs: JobAssertions) -> None:
        jobs.assert_no_enqueued_jobs()

    @pytest.mark.line("AJ-339", "AJ-384")
    def test_perform_now_enqueues_nothing(self, jobs: JobAssertions) -> None:
        with jobs.assert_no_enqueued_jobs():
            HelloJob.perform_now()
            KeywordJob.perform_now("first", flag=True)

    @pytest.mark.parametrize(
        ("number", "enqueued"),
        [
            pytest.param(2, 1, marks=pytest.mark.line("AJ-340"), id="too few"),
            pytest.param(1, 2, marks=pytest.mark.line("AJ-341"), id="too many"),
        ],
    )
    def test_another_number_fails(self, number: int, enqueued: int, jobs: JobAssertions) -> None:
        with (
            fails(f"{number} jobs expected, but {enqueued} were enqueued."),
            jobs.assert_enqueued_jobs(number),
        ):
            enqueue(*["hello"] * enqueued)

    @pytest.mark.line("AJ-342")
    def test_one_is_not_none(self, jobs: JobAssertions) -> None:
        with fails("0 jobs expected, but 1 were enqueued."), jobs.assert_no_enqueued_jobs():
            enqueue("hello")

    def test_a_failure_lists_the_jobs_that_were_counted(self, jobs: JobAssertions) -> None:
        HelloJob.set(queue="low", priority=3).perform_later("Ada")
        with pytest.raises(AssertionError) as caught:
            jobs.assert_no_enqueued_jobs()
        last = str(caught.value).splitlines()[-1]
        assert last == "    tests.jobs.hello.HelloJob('Ada') queue='low' priority=3"

    def test_jobs_that_the_block_performs_do_not_count(self, jobs: JobAssertions) -> None:
        enqueue("hello")
        with jobs.assert_enqueued_jobs(1):
            enqueue("hello")
            jobs.perform_enqueued_jobs()
            enqueue("hello")

    def test_an_error_in_the_block_comes_through(self, jobs: JobAssertions) -> None:
        with pytest.raises(LookupError, match="mine"), jobs.assert_enqueued_jobs(7):
            raise LookupError("mine")


def case(
    line: str, enqueued: list[str], number: int, options: dict[str, Any], actual: int | None = None
) -> Any:
    marks = pytest.mark.line(line)
    return pytest.param(enqueued, number, options, actual, marks=marks, id=line)


MIXED = ["hello", "logging"]
QUEUES = ["hello@some", "hello", "logging@some"]
ONE_OF_FIVE = ["hello", *["logging"] * 4]


class TestFilters:
    @pytest.mark.parametrize("is_block", [True, False], ids=["block", "plain"])
    @pytest.mark.parametrize(
        ("enqueued", "number", "options", "actual"),
        [
            case("AJ-343", MIXED, 1, {"only": HelloJob}),
            case("AJ-344", MIXED, 1, {"only": is_hello}),
            case("AJ-345", MIXED, 1, {"except_": LoggingJob}),
            case("AJ-346", MIXED, 1, {"except_": is_logging}),
            case("AJ-348", QUEUES, 1, {"only": HelloJob, "queue": "some"}),
            case("AJ-349", QUEUES, 1, {"except_": LoggingJob, "queue": "some"}),
            case("AJ-351", QUEUES, 2, {"queue": Symbol("some")}),
            case("AJ-353", ["logging"], 1, {"only": HelloJob}, 0),
            case("AJ-354", ["hello"], 1, {"except_": HelloJob}, 0),
            case("AJ-356", ONE_OF_FIVE, 5, {"only": HelloJob}, 1),
            case("AJ-357", ONE_OF_FIVE, 5, {"except_": LoggingJob}, 1),
            case("AJ-359", ["hello", "hello", "logging"], 1, {"only": HelloJob}, 2),
            case("AJ-360", ["hello", "hello", "logging"], 1, {"except_": LoggingJob}, 2),
            case("AJ-362", [*MIXED, "third"], 2, {"only": [HelloJob, LoggingJob]}),
            case("AJ-363", [*MIXED, "third"], 1, {"except_": [HelloJob, LoggingJob]}),
        ],
    )
    def test_only_except_and_queue_say_what_counts(
        self,
        enqueued: list[str],
        number: int,
        options: dict[str, Any],
        actual: int | None,
        is_block: bool,
        jobs: JobAssertions,
    ) -> None:
        message = actual is not None and f"{number} jobs expected, but {actual} were enqueued."
        with fails(message or None):
            if is_block:
                around(
                    lambda: jobs.assert_enqueued_jobs(number, **options), lambda: enqueue(*enqueued)
                )
            else:
                enqueue(*enqueued)
                jobs.assert_enqueued_jobs(number, **options)

    @pytest.mark.parametrize("is_block", [True, False], ids=["block", "plain"])
    @pytest.mark.parametrize(
        ("enqueued", "number", "options", "actual"),
        [
            case("AJ-365", ["logging"], 0, {"only": HelloJob}),
            case("AJ-366", ["hello"], 0, {"except_": HelloJob}),
            case("AJ-368", ["hello"], 0, {"only": HelloJob}, 1),
            case("AJ-369", ["hello", "logging"], 0, {"except_": LoggingJob}, 1),
            case("AJ-371", ["third"], 0, {"only": [HelloJob, LoggingJob]}),
            case("AJ-372", MIXED, 0, {"except_": [HelloJob, LoggingJob]}),
            case("AJ-374", MIXED, 0, {"queue": "some"}),
            case("AJ-375", ["hello@some"], 0, {"queue": "some"}, 1),
            case("AJ-376", ["hello", "logging@some"], 0, {"only": HelloJob, "queue": "some"}),
            case("AJ-377", QUEUES, 0, {"only": HelloJob, "queue": "some"}, 1),
            case("AJ-378", ["hello", "logging@some"], 0, {"except_": LoggingJob, "queue": "some"}),
            case("AJ-379", QUEUES, 0, {"except_": LoggingJob, "queue": "some"}, 1),
        ],
    )
    def test_none_may_be_asked_of_some(
        self,
        enqueued: list[str],
        number: int,
        options: dict[str, Any],
        actual: int | None,
        is_block: bool,
        jobs: JobAssertions,
    ) -> None:
        message = actual is not None and f"0 jobs expected, but {actual} were enqueued."
        with fails(message or None):
            if is_block:
                around(lambda: jobs.assert_no_enqueued_jobs(**options), lambda: enqueue(*enqueued))
            else:
                enqueue(*enqueued)
                jobs.assert_no_enqueued_jobs(**options)

    @pytest.mark.line("AJ-347", "AJ-350", "AJ-355", "AJ-358", "AJ-361", "AJ-364")
    @pytest.mark.parametrize("enqueued", [[], ["hello"], ["hello", "logging"]])
    @pytest.mark.parametrize("only", [HelloJob, [HelloJob, LoggingJob]])
    @pytest.mark.parametrize("queue", [None, "some"])
    def test_both_at_once_are_refused(
        self, enqueued: list[str], only: Any, queue: str | None, jobs: JobAssertions
    ) -> None:
        options = {"only": only, "except_": only, "queue": queue}
        with refuses(), jobs.assert_enqueued_jobs(1, **options):
            enqueue(*enqueued)
        enqueue(*enqueued)
        with refuses():
            jobs.assert_enqueued_jobs(1, **options)

    @pytest.mark.line("AJ-367", "AJ-370", "AJ-373", "AJ-380")
    @pytest.mark.parametrize("enqueued", [[], ["hello"]])
    @pytest.mark.parametrize("only", [HelloJob, [HelloJob, LoggingJob]])
    @pytest.mark.parametrize("queue", [None, "some"])
    def test_for_none_too(
        self, enqueued: list[str], only: Any, queue: str | None, jobs: JobAssertions
    ) -> None:
        options = {"only": only, "except_": only, "queue": queue}
        with refuses(), jobs.assert_no_enqueued_jobs(**options):
            enqueue(*enqueued)
        enqueue(*enqueued)
        with refuses():
            jobs.assert_no_enqueued_jobs(**options)

    def test_a_subclass_is_another_class(self, jobs: JobAssertions) -> None:
        class PoliteJob(HelloJob):
            pass

        PoliteJob.perform_later()
        jobs.assert_no_enqueued_jobs(only=HelloJob)
        jobs.assert_enqueued_jobs(1, only=PoliteJob)
