from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from django_activejob import ActiveJob, clock, discard_on, retry_on
from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import DeserializationError, UnknownJobClass
from django_activejob.testing import JobAssertions
from tests.jobs import buffer
from tests.jobs.failing import FailingJob, Flaky
from tests.jobs.hello import HelloJob
from tests.shop.factories import PersonFactory
from tests.shop.models import Person
from tests.unit.testing.furniture import LoggingJob, NestedJob, enqueue


class RaisingJob(ActiveJob):
    def perform(self) -> None:
        raise LookupError("nothing there")


@retry_on(Flaky, attempts=2, wait=60)
class TwiceJob(ActiveJob):
    def perform(self) -> None:
        buffer.add(f"execution {self.executions}")
        raise Flaky("again")


@discard_on(DeserializationError)
class ForgivingJob(ActiveJob):
    def perform(self, person: Person) -> None:
        buffer.add(person.name)


def switches(queue: TestAdapter) -> dict[str, Any]:
    names = ("perform", "filter", "reject", "queue", "at")
    return {name: value for name in names if (value := getattr(queue, name)) is not None}


class TestSwitches:
    @pytest.mark.parametrize(
        ("options", "switch"),
        [
            pytest.param({"only": HelloJob}, "filter", marks=pytest.mark.line("AJ-411", "AJ-412")),
            pytest.param(
                {"except_": HelloJob}, "reject", marks=pytest.mark.line("AJ-413", "AJ-414")
            ),
            pytest.param({"queue": "some"}, "queue", marks=pytest.mark.line("AJ-415", "AJ-416")),
            pytest.param({"at": clock.now()}, "at"),
        ],
    )
    def test_are_set_in_the_block_alone(
        self, options: dict[str, Any], switch: str, jobs: JobAssertions, queue: TestAdapter
    ) -> None:
        with jobs.perform_enqueued_jobs(**options):
            assert switches(queue).keys() == {"perform", switch}
        assert switches(queue) == {}
        jobs.perform_enqueued_jobs(**options)
        assert switches(queue) == {}

    def test_are_reset_after_an_error(self, jobs: JobAssertions, queue: TestAdapter) -> None:
        with pytest.raises(LookupError), jobs.perform_enqueued_jobs(only=RaisingJob):
            RaisingJob.perform_later()
        assert switches(queue) == {}

    def test_an_inner_block_has_its_own(self, jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs(only=HelloJob):
            with jobs.perform_enqueued_jobs(queue="some"):
                enqueue("hello", "logging@some")
            assert buffer.lines() == ["logged None"]
            enqueue("hello", "logging@some")
        assert buffer.lines() == ["logged None", "David says hello"]


QUEUES = ["hello", "hello@some", "logging", "logging@some"]
H, L = "David says hello", "logged None"


def case(line_of_block: str, line_of_call: str, options: dict[str, Any], performed: Any) -> Any:
    marks = pytest.mark.line(line_of_block, line_of_call)
    return pytest.param(options, performed, marks=marks, id=f"{line_of_block} {line_of_call}")


FILTERS = pytest.mark.parametrize(
    ("options", "performed"),
    [
        case("AJ-417", "AJ-418", {}, [H, H, L, L]),
        case("AJ-419", "AJ-420", {"only": HelloJob}, [H, H]),
        case("AJ-421", "AJ-422", {"except_": HelloJob}, [L, L]),
        case("AJ-423", "AJ-424", {"queue": "some"}, [H, L]),
        case("AJ-425", "AJ-426", {"only": HelloJob, "queue": "some"}, [H]),
        case("AJ-427", "AJ-428", {"except_": HelloJob, "queue": "some"}, [L]),
    ],
)


class TestFilters:
    @FILTERS
    def test_a_block_performs_what_it_enqueues(
        self, options: dict[str, Any], performed: list[str], jobs: JobAssertions
    ) -> None:
        enqueue(*QUEUES)
        with jobs.perform_enqueued_jobs(**options):
            enqueue(*QUEUES)
        assert buffer.lines() == performed
        jobs.assert_performed_jobs(len(performed))
        jobs.assert_enqueued_jobs(8 - len(performed))

    @FILTERS
    def test_a_plain_call_performs_what_was_enqueued(
        self, options: dict[str, Any], performed: list[str], jobs: JobAssertions
    ) -> None:
        enqueue(*QUEUES)
        assert jobs.perform_enqueued_jobs(**options) == len(performed)
        assert buffer.lines() == performed
        jobs.assert_performed_jobs(len(performed))
        jobs.assert_enqueued_jobs(4 - len(performed))

    def test_a_class_that_is_not_here_fits_no_class(
        self, jobs: JobAssertions, queue: TestAdapter
    ) -> None:
        HelloJob.perform_later()
        queue.enqueued[0].payload["job_class"] = "shop.GoneJob"
        jobs.assert_no_enqueued_jobs(only=HelloJob)
        with pytest.raises(AssertionError, match=r"shop\.GoneJob"):
            jobs.assert_no_enqueued_jobs()
        with pytest.raises(UnknownJobClass):
            jobs.perform_enqueued_jobs()

    def test_the_callable_of_a_block_sees_the_arguments(self, jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs(only=lambda job: job.arguments == ["Ada"]):
            HelloJob.perform_later("Ada")
            HelloJob.perform_later("Bob")
        assert buffer.lines() == ["Ada says hello"]


class TestTimes:
    @pytest.mark.parametrize(
        ("wait", "is_performed"),
        [
            pytest.param(None, True, marks=pytest.mark.line("AJ-429", "AJ-432"), id="at once"),
            pytest.param(-60, True, marks=pytest.mark.line("AJ-430", "AJ-433"), id="past"),
            pytest.param(60, False, marks=pytest.mark.line("AJ-431", "AJ-434"), id="future"),
        ],
    )
    def test_at_says_up_to_which_time(
        self, wait: float | None, is_performed: bool, jobs: JobAssertions
    ) -> None:
        with jobs.perform_enqueued_jobs(at=clock.now()):
            HelloJob.set(wait=wait).perform_later("in a block")
        jobs.assert_performed_jobs(int(is_performed))
        HelloJob.set(wait=wait).perform_later("before a call")
        assert jobs.perform_enqueued_jobs(at=clock.now()) == (1 if is_performed else 0)

    def test_that_time_included(self, jobs: JobAssertions) -> None:
        moment = clock.now() + timedelta(days=1)
        HelloJob.set(wait_until=moment).perform_later()
        assert jobs.perform_enqueued_jobs(at=moment) == 1

    def test_without_it_time_does_not_count(self, jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs():
            HelloJob.set(wait=60).perform_later()
        HelloJob.set(wait=60).perform_later()
        jobs.perform_enqueued_jobs()
        jobs.assert_performed_jobs(2)

    def test_a_naive_time_is_in_the_current_zone(self, jobs: JobAssertions) -> None:
        HelloJob.set(wait=60).perform_later()
        naive = clock.now().replace(tzinfo=None)
        assert jobs.perform_enqueued_jobs(at=naive) == 0
        assert jobs.perform_enqueued_jobs(at=naive + timedelta(minutes=2)) == 1


class TestDraining:
    @pytest.mark.line("AJ-435")
    def test_an_error_ends_it_and_the_job_counts_as_performed(self, jobs: JobAssertions) -> None:
        RaisingJob.perform_later()
        HelloJob.perform_later()
        with pytest.raises(LookupError, match="nothing there"):
            jobs.perform_enqueued_jobs()
        jobs.assert_performed_jobs(1, only=RaisingJob)
        jobs.assert_enqueued_jobs(1, only=HelloJob)

    @pytest.mark.line("AJ-436")
    def test_a_retry_waits_for_the_next_time(self, jobs: JobAssertions) -> None:
        TwiceJob.perform_later()
        jobs.perform_enqueued_jobs()
        jobs.assert_performed_jobs(1)
        jobs.assert_enqueued_jobs(1)
        retry = jobs.assert_enqueued_with(job=TwiceJob, at=lambda at: at is not None)
        assert (retry.executions, buffer.lines()) == (1, ["execution 1"])
        with pytest.raises(Flaky):
            jobs.perform_enqueued_jobs()
        assert buffer.lines() == ["execution 1", "execution 2"]

    @pytest.mark.line("AJ-437", "AJ-439")
    def test_each_job_is_performed_once(self, jobs: JobAssertions) -> None:
        enqueue("hello", "hello")
        assert jobs.perform_enqueued_jobs() == 2
        assert jobs.enqueued_jobs == []
        assert jobs.perform_enqueued_jobs() == 0
        assert len(buffer.lines()) == 2

    def test_what_jobs_enqueue_waits_for_the_next_time(self, jobs: JobAssertions) -> None:
        NestedJob.perform_later()
        assert jobs.perform_enqueued_jobs() == 1
        assert buffer.lines() == []
        assert jobs.perform_enqueued_jobs() == 1
        assert buffer.lines() == ["logged from within"]

    def test_a_job_that_drains_takes_the_rest(self, jobs: JobAssertions) -> None:
        class DrainingJob(ActiveJob):
            def perform(self) -> None:
                jobs.perform_enqueued_jobs()

        DrainingJob.perform_later()
        HelloJob.perform_later()
        assert jobs.perform_enqueued_jobs() == 1
        jobs.assert_performed_jobs(2)
        assert len(buffer.lines()) == 1

    @pytest.mark.django_db
    @pytest.mark.line("AJ-535")
    def test_arguments_are_read_by_the_job_whose_handlers_see_the_error(
        self, jobs: JobAssertions
    ) -> None:
        person = PersonFactory()
        ForgivingJob.perform_later(person)
        person.delete()
        assert jobs.perform_enqueued_jobs() == 1
        assert buffer.lines() == []


class TestPerformingInABlock:
    @pytest.mark.line("AJ-536")
    def test_retries_run_to_their_end_and_the_error_is_raised(self, jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs(), pytest.raises(Flaky, match="again"):
            TwiceJob.perform_later()
        jobs.assert_performed_jobs(2)
        jobs.assert_no_enqueued_jobs()

    def test_a_retry_that_succeeds_raises_nothing(self, jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs():
            FailingJob.perform_later(["Flaky", "Other"])
        jobs.assert_performed_jobs(3)
        assert buffer.lines()[-1] == "succeeded on execution 3"

    def test_what_jobs_enqueue_is_performed_too(self, jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs():
            NestedJob.perform_later()
        assert buffer.lines() == ["logged from within"]

    def test_a_retry_may_be_left_by_its_time(self, jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs(at=clock.now()):
            TwiceJob.perform_later()
        jobs.assert_performed_jobs(1)
        jobs.assert_enqueued_jobs(1)

    @pytest.mark.parametrize("enqueue_one", [HelloJob.perform_later, LoggingJob.perform_later])
    def test_at_once(self, enqueue_one: Callable[[], Any], jobs: JobAssertions) -> None:
        with jobs.perform_enqueued_jobs():
            enqueue_one()
            assert len(buffer.lines()) == 1
