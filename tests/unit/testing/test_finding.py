from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from django_activejob import ActiveJob, clock
from django_activejob.errors import RecordNotFound
from django_activejob.serialization import Symbol
from django_activejob.testing import JobAssertions
from tests.jobs.greeting import GreetingJob
from tests.jobs.hello import HelloJob
from tests.jobs.keywords import KeywordJob
from tests.shop.factories import PersonFactory
from tests.unit.testing.furniture import LoggingJob, NestedJob, ThirdJob, fails

NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)
HELLO = "tests.jobs.hello.HelloJob"
LOGGING = "tests.unit.testing.furniture.LoggingJob"


def lines(*numbers: str) -> Any:
    return pytest.mark.line(*numbers)


class TestEnqueuedWith:
    @lines("AJ-381", "AJ-383")
    def test_a_block_finds_what_it_enqueues(self, jobs: JobAssertions) -> None:
        with jobs.assert_enqueued_with(job=LoggingJob, queue="default"):
            LoggingJob.set(wait_until=NOON).perform_later(1)
        with jobs.assert_enqueued_with(job=LoggingJob, queue=Symbol("low")):
            LoggingJob.set(queue="low").perform_later(1)

    @lines("AJ-382")
    def test_a_plain_call_looks_at_everything_so_far(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        LoggingJob.set(wait_until=NOON).perform_later(1)
        jobs.assert_enqueued_with(job=LoggingJob, queue="default")

    @lines("AJ-352")
    def test_priority(self, jobs: JobAssertions) -> None:
        HelloJob.set(priority=10).perform_later()
        jobs.assert_enqueued_with(job=HelloJob, priority=10)
        with fails(f"No enqueued job found with job={HELLO}, priority=5"):
            jobs.assert_enqueued_with(job=HelloJob, priority=5)

    @lines("AJ-385", "AJ-386")
    def test_the_job_is_given_back(self, jobs: JobAssertions) -> None:
        with jobs.assert_enqueued_with(job=KeywordJob) as found:
            KeywordJob.set(wait=300, queue="low").perform_later(1, 2, flag=True)
        for job in (found.job, jobs.assert_enqueued_with(job=KeywordJob)):
            assert isinstance(job, KeywordJob)
            assert job.arguments == [1, 2]
            assert job.keyword_arguments == {"flag": True}
            assert job.queue_name == "low"
            assert job.scheduled_at is not None
            assert abs(job.scheduled_at - clock.now() - timedelta(minutes=5)).seconds < 60

    @lines("AJ-387")
    def test_a_block_does_not_find_what_was_there_before(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        with (
            fails("No enqueued job found with job="),
            jobs.assert_enqueued_with(job=HelloJob),
        ):
            pass
        with fails("No enqueued job found with job="), jobs.assert_enqueued_with(job=HelloJob):
            LoggingJob.perform_later()
        with (
            fails(f"No enqueued job found with job={HELLO}, queue='low'\n\n"),
            jobs.assert_enqueued_with(job=HelloJob, queue="low"),
        ):
            HelloJob.perform_later()

    @lines("AJ-388")
    def test_another_class_or_queue_is_not_it(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        with fails(f"No enqueued job found with job={LOGGING}\n\n"):
            jobs.assert_enqueued_with(job=LoggingJob)
        with fails(f"No enqueued job found with job={HELLO}, queue='low'\n\n"):
            jobs.assert_enqueued_with(job=HelloJob, queue="low")

    @lines("AJ-389", "AJ-395")
    def test_an_unknown_keyword_is_refused(self, jobs: JobAssertions) -> None:
        with (
            pytest.raises(TypeError, match="class_"),
            jobs.assert_enqueued_with(class_=HelloJob),
        ):
            pass
        with pytest.raises(TypeError, match="class_"):
            jobs.assert_enqueued_with(class_=HelloJob)

    @lines("AJ-390")
    def test_callables_are_given_the_value(self, jobs: JobAssertions) -> None:
        KeywordJob.set(wait_until=NOON, queue="low", priority=3).perform_later(1, flag=True)
        for name, value in [
            ("job", KeywordJob),
            ("args", [1, {"flag": True}]),
            ("kwargs", {"flag": True}),
            ("at", NOON),
            ("queue", "low"),
            ("priority", 3),
        ]:
            jobs.assert_enqueued_with(**{name: lambda given, value=value: given == value})
            with fails(f"No enqueued job found with {name}=<function"):
                jobs.assert_enqueued_with(**{name: lambda given: False})

    def test_only_a_callable_can_ask_for_no_time(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        jobs.assert_enqueued_with(job=HelloJob, at=lambda at: at is None)
        HelloJob.set(wait_until=NOON).perform_later("later")
        jobs.assert_enqueued_with(args=["later"], at=None)

    @lines("AJ-399", "AJ-409")
    def test_what_the_block_performs_is_not_among_the_enqueued(self, jobs: JobAssertions) -> None:
        with (
            jobs.assert_enqueued_with(job=LoggingJob),
            jobs.perform_enqueued_jobs(only=HelloJob),
        ):
            HelloJob.perform_later()
            LoggingJob.perform_later()
        jobs.assert_enqueued_jobs(1)
        jobs.assert_performed_jobs(1)

    @lines("AJ-407", "AJ-408")
    def test_looking_changes_nothing(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        with jobs.assert_enqueued_with(job=LoggingJob):
            LoggingJob.perform_later()
        jobs.assert_enqueued_jobs(2)
        jobs.assert_enqueued_with(job=LoggingJob)
        jobs.assert_enqueued_jobs(2)

    @lines("AJ-438")
    def test_jobs_that_a_drained_job_enqueues_are_found(self, jobs: JobAssertions) -> None:
        NestedJob.perform_later()
        with (
            jobs.assert_enqueued_jobs(1, only=LoggingJob),
            jobs.assert_enqueued_with(job=LoggingJob, args=["from within"]),
        ):
            jobs.perform_enqueued_jobs()

    def test_a_plain_call_is_no_block(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        job = jobs.assert_enqueued_with(job=HelloJob)
        assert isinstance(job, HelloJob)


class TestTime:
    @lines("AJ-396", "AJ-398")
    def test_the_moment(self, jobs: JobAssertions) -> None:
        with jobs.assert_enqueued_with(job=HelloJob, at=NOON):
            HelloJob.set(wait_until=NOON).perform_later()
        jobs.assert_enqueued_with(job=HelloJob, at=NOON)

    @lines("AJ-397")
    def test_a_wait_is_near_enough(self, jobs: JobAssertions) -> None:
        with jobs.assert_enqueued_with(at=clock.now() + timedelta(minutes=5)):
            HelloJob.set(wait=300).perform_later()

    @pytest.mark.parametrize(("seconds", "is_right"), [(-1, True), (1, True), (-2, False)])
    def test_a_second_more_or_less_does_not_count(
        self, seconds: float, is_right: bool, jobs: JobAssertions
    ) -> None:
        HelloJob.set(wait_until=NOON).perform_later()
        with fails(None if is_right else "No enqueued job found with at="):
            jobs.assert_enqueued_with(at=NOON + timedelta(seconds=seconds))

    def test_a_naive_one_is_in_the_current_zone(self, jobs: JobAssertions) -> None:
        HelloJob.set(wait_until=NOON).perform_later()
        jobs.assert_enqueued_with(at=datetime(2030, 5, 17, 12))

    def test_a_job_without_a_time_has_none(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        with fails("No enqueued job found with at="):
            jobs.assert_enqueued_with(at=NOON)

    def test_a_date_or_a_number_is_no_moment(self, jobs: JobAssertions) -> None:
        HelloJob.set(wait_until=NOON).perform_later()
        for at in (date(2030, 5, 17), NOON.timestamp()):
            with fails("No enqueued job found with at="):
                jobs.assert_enqueued_with(at=at)


MOMENTS = [
    pytest.param(NOON, marks=lines("AJ-391", "AJ-524"), id="whole seconds"),
    pytest.param(
        NOON.astimezone(timezone(timedelta(hours=2))),
        marks=lines("AJ-392", "AJ-525"),
        id="with an offset",
    ),
    pytest.param(
        NOON.astimezone(ZoneInfo("Europe/Berlin")), marks=lines("AJ-393", "AJ-526"), id="in a zone"
    ),
    pytest.param(NOON.replace(microsecond=123456), marks=lines("AJ-394"), id="microseconds"),
]


class TestArguments:
    @pytest.mark.parametrize("moment", MOMENTS)
    def test_moments_compare(self, moment: datetime, jobs: JobAssertions) -> None:
        with jobs.assert_enqueued_with(job=LoggingJob, args=[{"at": [moment]}]):
            LoggingJob.perform_later({"at": [moment]})
        with jobs.assert_performed_with(job=LoggingJob, args=[{"at": [moment]}]):
            LoggingJob.perform_later({"at": [moment]})
        with fails("No enqueued job found with"):
            jobs.assert_enqueued_with(args=[{"at": [moment + timedelta(microseconds=1)]}])

    @lines("AJ-400")
    def test_the_order_of_keys_does_not_count(self, jobs: JobAssertions) -> None:
        with jobs.assert_enqueued_with(args=[{"a": {"b": 1, "c": 2}, "d": 3}]):
            LoggingJob.perform_later({"d": 3, "a": {"c": 2, "b": 1}})

    def test_keywords_are_the_last_dict_or_asked_for_alone(self, jobs: JobAssertions) -> None:
        KeywordJob.perform_later(1, flag=True)
        jobs.assert_enqueued_with(args=[1, {"flag": True}])
        jobs.assert_enqueued_with(args=(1,), kwargs={"flag": True})
        jobs.assert_enqueued_with(kwargs={"flag": True})
        for wrong in ({"args": [1]}, {"kwargs": {}}, {"args": [], "kwargs": {"flag": True}}):
            with fails("No enqueued job found with"):
                jobs.assert_enqueued_with(**wrong)


@pytest.mark.django_db
class TestModels:
    @lines("AJ-401", "AJ-402")
    def test_a_model_is_the_same_when_its_row_is(self, jobs: JobAssertions) -> None:
        person = PersonFactory()
        with jobs.assert_enqueued_with(job=GreetingJob, args=[person]):
            GreetingJob.perform_later(person)
        jobs.assert_enqueued_with(job=GreetingJob, args=[person])

    @pytest.mark.parametrize("is_block", [True, False], ids=["block", "plain"])
    @lines("AJ-403", "AJ-406")
    def test_another_one_fails_with_what_there_is(
        self, is_block: bool, jobs: JobAssertions
    ) -> None:
        ada, bob = PersonFactory(name="Ada"), PersonFactory(name="Bob")
        message = (
            "No enqueued job found with "
            "job=tests.jobs.greeting.GreetingJob, args=[<Person: Bob>]\n\n"
            "Potential matches:\n"
            f"  tests.jobs.greeting.GreetingJob(gid://tests/shop.Person/{ada.pk}) queue='default'"
        )
        with fails(message):
            if is_block:
                with jobs.assert_enqueued_with(job=GreetingJob, args=[bob]):
                    GreetingJob.perform_later(ada)
            else:
                GreetingJob.perform_later(ada)
                jobs.assert_enqueued_with(job=GreetingJob, args=[bob])

    def test_a_row_that_is_gone_raises_only_when_it_is_asked_for(self, jobs: JobAssertions) -> None:
        person = PersonFactory()
        GreetingJob.perform_later(person)
        type(person).objects.all().delete()
        with fails("No enqueued job found with queue='low'\n\nPotential matches:"):
            jobs.assert_enqueued_with(queue="low")
        with pytest.raises(RecordNotFound):
            jobs.assert_enqueued_with(args=[person])

    @lines("AJ-527", "AJ-528")
    def test_performed_ones_too(self, jobs: JobAssertions) -> None:
        person = PersonFactory()
        with jobs.assert_performed_with(job=GreetingJob, args=[person]):
            GreetingJob.perform_later(person)
        jobs.assert_performed_with(job=GreetingJob, args=[person])

    @pytest.mark.parametrize("is_block", [True, False], ids=["block", "plain"])
    @lines("AJ-529", "AJ-530")
    def test_another_performed_one_fails_with_what_there_is(
        self, is_block: bool, jobs: JobAssertions
    ) -> None:
        ada, bob = PersonFactory(name="Ada"), PersonFactory(name="Bob")
        message = (
            "No performed job found with "
            "job=tests.jobs.greeting.GreetingJob, args=[<Person: Bob>]\n\nPotential matches:\n"
        )
        with fails(message):
            if is_block:
                with jobs.assert_performed_with(job=GreetingJob, args=[bob]):
                    GreetingJob.perform_later(ada)
            else:
                GreetingJob.perform_later(ada)
                jobs.perform_enqueued_jobs()
                jobs.assert_performed_with(job=GreetingJob, args=[bob])


class TestNothingFound:
    @lines("AJ-404")
    def test_other_classes_are_named(self, jobs: JobAssertions) -> None:
        message = (
            f"No enqueued job found with job={HELLO}, args=[]\n\n"
            f"No jobs of class {HELLO} were enqueued, job classes enqueued: {LOGGING}, "
            "tests.unit.testing.furniture.ThirdJob"
        )
        with fails(message), jobs.assert_enqueued_with(job=HelloJob, args=[]):
            LoggingJob.perform_later(1)
            LoggingJob.perform_later(2)
            ThirdJob.perform_later()

    @lines("AJ-405")
    def test_so_is_nothing_at_all(self, jobs: JobAssertions) -> None:
        message = f"No enqueued job found with job={HELLO}, args=[]\n\nNo jobs were enqueued"
        with fails(message), jobs.assert_enqueued_with(job=HelloJob, args=[]):
            pass

    @lines("AJ-531")
    def test_or_nothing_performed(self, jobs: JobAssertions) -> None:
        message = f"No performed job found with job={HELLO}, args=[]\n\nNo jobs were performed"
        with fails(message), jobs.assert_performed_with(job=HelloJob, args=[]):
            pass

    @lines("AJ-532")
    def test_or_other_classes_performed(self, jobs: JobAssertions) -> None:
        message = (
            f"No performed job found with job={HELLO}\n\n"
            f"No jobs of class {HELLO} were performed, job classes performed: {LOGGING}"
        )
        with fails(message), jobs.assert_performed_with(job=HelloJob):
            LoggingJob.perform_later()

    def test_without_a_class_all_are_potential_matches(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        LoggingJob.set(wait_until=NOON).perform_later([1])
        message = (
            "No enqueued job found with queue='low'\n\nPotential matches:\n"
            f"  {HELLO}() queue='default'\n"
            f"  {LOGGING}([1]) queue='default' at=2030-05-17T12:00:00+00:00"
        )
        with fails(message):
            jobs.assert_enqueued_with(queue="low")

    def test_a_callable_for_the_class_is_shown(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()

        def is_urgent(job_class: type[ActiveJob]) -> bool:
            return False

        with pytest.raises(AssertionError, match=r"No jobs of class <function .*is_urgent"):
            jobs.assert_enqueued_with(job=is_urgent)


class TestPerformedWith:
    @lines("AJ-511", "AJ-513")
    def test_a_block_performs_and_finds(self, jobs: JobAssertions) -> None:
        with jobs.assert_performed_with(job=HelloJob, queue="default"):
            HelloJob.perform_later()
        with jobs.assert_performed_with(job=HelloJob, queue=Symbol("low")):
            HelloJob.set(queue="low").perform_later()

    @lines("AJ-512")
    def test_a_plain_call_finds_what_was_drained(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        jobs.perform_enqueued_jobs()
        jobs.assert_performed_with(job=HelloJob, queue="default")

    @lines("AJ-514", "AJ-515")
    def test_the_job_is_given_back(self, jobs: JobAssertions) -> None:
        with jobs.assert_performed_with(job=KeywordJob) as found:
            KeywordJob.perform_later(1, flag=True)
        for job in (found.job, jobs.assert_performed_with(job=KeywordJob)):
            assert isinstance(job, KeywordJob)
            assert job.scheduled_at is None
            assert (job.arguments, job.keyword_arguments) == ([1], {"flag": True})
            assert job.queue_name == "default"

    @lines("AJ-516")
    def test_a_block_fails_for_another_class_or_queue(self, jobs: JobAssertions) -> None:
        with fails("No performed job found with job="), jobs.assert_performed_with(job=HelloJob):
            LoggingJob.perform_later()
        with (
            fails(f"No performed job found with job={HELLO}, queue='low'"),
            jobs.assert_performed_with(job=HelloJob, queue="low"),
        ):
            HelloJob.perform_later()

    @lines("AJ-517")
    def test_so_does_a_plain_call(self, jobs: JobAssertions) -> None:
        HelloJob.perform_later()
        jobs.perform_enqueued_jobs()
        with fails("No performed job found with job="):
            jobs.assert_performed_with(job=LoggingJob)
        with fails(f"No performed job found with job={HELLO}, queue='low'"):
            jobs.assert_performed_with(job=HelloJob, queue="low")

    @lines("AJ-518")
    def test_priority(self, jobs: JobAssertions) -> None:
        with jobs.assert_performed_with(job=HelloJob, priority=3):
            HelloJob.set(priority=3).perform_later()
        with fails("No performed job found with priority=4"):
            jobs.assert_performed_with(priority=4)

    @lines("AJ-519", "AJ-521")
    def test_at_a_moment(self, jobs: JobAssertions) -> None:
        with jobs.assert_performed_with(job=HelloJob, at=NOON):
            HelloJob.set(wait_until=NOON).perform_later()
        jobs.assert_performed_with(job=HelloJob, at=NOON)
        with fails("No performed job found with job="):
            jobs.assert_performed_with(job=HelloJob, at=NOON + timedelta(days=1))
        with (
            fails("No performed job found with job="),
            jobs.assert_performed_with(job=HelloJob, at=NOON + timedelta(days=1)),
        ):
            HelloJob.set(wait_until=NOON).perform_later()

    @lines("AJ-520")
    def test_after_a_wait(self, jobs: JobAssertions) -> None:
        with jobs.assert_performed_with(at=clock.now() + timedelta(minutes=5)):
            HelloJob.set(wait=300).perform_later()
        with (
            fails("No performed job found with at="),
            jobs.assert_performed_with(at=clock.now() + timedelta(minutes=2)),
        ):
            HelloJob.set(wait=60).perform_later()

    @lines("AJ-522")
    def test_the_order_of_keys_does_not_count(self, jobs: JobAssertions) -> None:
        with jobs.assert_performed_with(args=[{"a": {"b": 1, "c": 2}}]):
            LoggingJob.perform_later({"a": {"c": 2, "b": 1}})

    @lines("AJ-523")
    def test_callables_are_given_the_value(self, jobs: JobAssertions) -> None:
        expected: list[tuple[str, Callable[[Any], bool]]] = [
            ("job", lambda job_class: job_class is LoggingJob),
            ("args", lambda args: args == ["x"]),
            ("at", lambda at: at == NOON),
            ("queue", lambda queue: queue == "low"),
        ]
        for name, is_right in expected:
            with jobs.assert_performed_with(**{name: is_right}):
                LoggingJob.set(wait_until=NOON, queue="low").perform_later("x")
            with fails(f"No performed job found with {name}="):
                jobs.assert_performed_with(**{name: lambda given: False})

    @lines("AJ-533", "AJ-534")
    def test_looking_changes_nothing_but_what_a_block_performs(self, jobs: JobAssertions) -> None:
        with jobs.assert_performed_with(job=HelloJob):
            HelloJob.perform_later()
        jobs.assert_no_enqueued_jobs()
        jobs.assert_performed_jobs(1)
        jobs.assert_performed_with(job=HelloJob)
        jobs.assert_no_enqueued_jobs()
        jobs.assert_performed_jobs(1)
