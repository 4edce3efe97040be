"""Jobs from `perform_later` to their ends, over real stores."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone, translation

from django_activejob import Abort, ActiveJob, before_enqueue, perform_all_later, retry_on
from django_activejob.adapters.database import DatabaseAdapter, rows
from django_activejob.adapters.database.models import Attempt, Job, Process
from django_activejob.attributes import Attributes, attribute
from django_activejob.contracts import JobQuery, Outcome
from django_activejob.errors import RecordNotFound, SerializationError
from django_activejob.runtime.executor import settlement_of
from django_activejob.testing.contracts.furniture import Worker, envelope, run_chore
from tests.contracts.stores import ONLY_POSTGRES
from tests.jobs import buffer
from tests.jobs.hello import HelloJob
from tests.shop.models import Person
from tests.waiting import until

from .rivals import together


class RememberJob(ActiveJob):
    """Remembers what it was given, and what the world is like."""

    def perform(self, *values: Any) -> None:
        buffer.add((values, translation.get_language(), timezone.get_current_timezone_name()))
        if values == ("fail",):
            raise ValueError("as it was asked to")


class ParentJob(ActiveJob):
    """Enqueues another one."""

    def perform(self) -> None:
        RememberJob.perform_later("child")


@retry_on(RecordNotFound, wait=0, jitter=0)
class GreetJob(ActiveJob):
    """Wants a person that may not be there yet."""

    def perform(self, person: Person) -> None:
        buffer.add(person.name)


@retry_on(ValueError, wait=0, jitter=0, attempts=3)
class TracedJob(Attributes, ActiveJob):
    """Knows for which request it works."""

    request_id = attribute(str)

    def perform(self) -> None:
        buffer.add(self.request_id)
        raise ValueError


@pytest.fixture(autouse=True)
def through_the_store(adapter: DatabaseAdapter, monkeypatch: pytest.MonkeyPatch) -> None:
    for job_class in (RememberJob, ParentJob, GreetJob, TracedJob, HelloJob):
        monkeypatch.setattr(job_class, "queue_adapter", adapter)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    buffer.clear()


def work_off(adapter: DatabaseAdapter) -> list[Outcome]:
    """Performs all that is ready, and what comes of it; gives how each execution ended."""
    worker, outcomes = Worker(adapter), []
    while claims := worker.claim(limit=10):
        settlements = [settlement_of(claim, adapter=adapter) for claim in claims]
        outcomes += [each.execution.outcome for each in settlements if each.execution]
        assert worker.source.settle(settlements) == []
    worker.source.close()
    return outcomes


def number_of_jobs(alias: str) -> int:
    return Job.objects.using(alias).count()


NASTY = [
    2**63,
    -(10**40),
    0,
    -0.0,
    1.7976931348623157e308,
    5e-324,
    Decimal("1E+300"),
    Decimal("-0.10"),
    Decimal("1E-28"),
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(9999, 12, 30, 1, 2, 3, 4, tzinfo=UTC),
    datetime(2026, 10, 25, 2, 30, fold=1),
    "\x00",
    "\U0001d4b3\U0001f99c \u202ertl e\u0301",
    {"": {"a.b": [None, True, {"$x": "'; DROP TABLE"}]}},
]


class TestValues:
    @pytest.mark.line("RQ-098", "RQ-099")
    def test_odd_ones_come_back_as_they_went_on_every_engine(
        self, adapter: DatabaseAdapter
    ) -> None:
        RememberJob.perform_later(*NASTY)
        assert work_off(adapter) == [Outcome.PERFORMED]
        [(values, _, _)] = buffer.lines()
        assert list(values) == NASTY
        assert [type(value) for value in values] == [type(value) for value in NASTY]
        assert math.copysign(1, values[3]) == -1
        assert values[12].fold == 1

    @pytest.mark.line("RQ-087", "RQ-090", "RQ-098", "RQ-099")
    @pytest.mark.parametrize(
        ("value", "told"),
        [
            ({"at": [object()]}, r'arguments\[1\]\["at"\]\[0\]: an object of type object'),
            ([float("nan")], r"arguments\[1\]\[0\]: nan"),
            ([float("inf")], r"arguments\[1\]\[0\]: inf"),
            ({1: "one"}, r"arguments\[1\]\[1\]: only text can be the key"),
            ({"_aj_globalid": "x"}, r"arguments\[1\]\[.*\]: the key '_aj_globalid' is reserved"),
            ([Person(name="new")], r"arguments\[1\]\[0\]: .*shop.Person without an id"),
        ],
        ids=["object", "nan", "inf", "key", "marker", "unsaved"],
    )
    def test_what_cannot_travel_is_refused_to_the_caller_with_its_place(
        self, alias: str, value: Any, told: str
    ) -> None:
        with pytest.raises(SerializationError, match=told):
            RememberJob.perform_later("fine", value)
        assert number_of_jobs(alias) == 0

    @pytest.mark.line("RQ-099")
    def test_what_is_nested_too_deep_is_refused_and_hurts_no_worker(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        deep: list[Any] = []
        for _ in range(10_000):
            deep = [deep]
        with pytest.raises(SerializationError, match="nested deeper than"):
            RememberJob.perform_later(deep)
        adapter.enqueue(envelope(1))
        text = Job.objects.using(alias).get().payload
        spoiled = text.replace('"arguments":[1]', f'"arguments":{"[" * 10_000}{"]" * 10_000}')
        assert spoiled != text
        Job.objects.using(alias).update(payload=spoiled)
        assert work_off(adapter) == [Outcome.FAILED]


class TestCallbacks:
    @pytest.mark.line("RQ-082")
    @pytest.mark.parametrize(("error", "is_raised"), [(Abort, False), (LookupError, True)])
    def test_when_one_halts_or_raises_there_is_no_row(
        self, alias: str, adapter: DatabaseAdapter, error: type[Exception], is_raised: bool
    ) -> None:
        class HaltedJob(HelloJob):
            queue_adapter = adapter

            @before_enqueue
            def halt(self) -> None:
                raise error

        if is_raised:
            with pytest.raises(error):
                HaltedJob.perform_later()
        else:
            assert HaltedJob.perform_later() is False
        assert number_of_jobs(alias) == 0


class TestPlaces:
    @pytest.mark.line("RQ-083")
    def test_a_job_enqueues_another_one(self, adapter: DatabaseAdapter) -> None:
        ParentJob.perform_later()
        assert work_off(adapter) == [Outcome.PERFORMED, Outcome.PERFORMED]
        assert buffer.lines()[0][0] == ("child",)

    @pytest.mark.line("RQ-083")
    def test_a_handler_of_a_signal_enqueues(self, alias: str) -> None:
        before = signal.signal(signal.SIGUSR1, lambda *_: RememberJob.perform_later(1))
        try:
            os.kill(os.getpid(), signal.SIGUSR1)
            until(lambda: number_of_jobs(alias) == 1)
        finally:
            signal.signal(signal.SIGUSR1, before)

    @pytest.mark.line("RQ-083")
    def test_async_code_enqueues(self, alias: str) -> None:
        async def view() -> None:
            await RememberJob.aperform_later(1)
            await sync_to_async(connections.close_all)()

        # In a thread of its own, as a server has it: this one has a connection.
        thread = threading.Thread(target=lambda: asyncio.run(view()))
        thread.start()
        thread.join(60)
        assert number_of_jobs(alias) == 1

    @pytest.mark.line("RQ-083")
    @ONLY_POSTGRES
    def test_a_thread_enqueues_on_the_one_connection_that_django_gives_it(self, alias: str) -> None:
        before = sessions(alias)
        works = [RememberJob.perform_later] * 5
        together(alias, works)  # which closes each thread's connection, as a server does
        assert number_of_jobs(alias) == 5
        until(lambda: sessions(alias) <= before)


def sessions(alias: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


class Elsewhere:
    """A router that would have everything read from, and written to, a place that is not there."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "nowhere"

    db_for_write = db_for_read


class TestRouters:
    @pytest.fixture(autouse=True)
    def elsewhere(self, settings: Any) -> None:
        settings.DATABASE_ROUTERS = [Elsewhere()]

    @pytest.mark.line("RQ-084")
    def test_jobs_are_written_where_the_adapter_says(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        RememberJob.perform_later(1)
        perform_all_later([RememberJob(2), RememberJob(3)])
        assert number_of_jobs(alias) == 3
        assert len(work_off(adapter)) == 3

    @pytest.mark.line("RQ-207")
    def test_lists_and_repairs_read_there_too(self, adapter: DatabaseAdapter) -> None:
        RememberJob.perform_later("fail")
        work_off(adapter)
        inspector = adapter.inspector()
        [job] = inspector.jobs(JobQuery(status="failed")).jobs
        assert inspector.find(job.id) is not None
        assert len(inspector.attempts(job.id)) == 1
        assert inspector.count(JobQuery(status="failed")).number == 1
        assert [queue.name for queue in inspector.queues()] == ["default"]
        assert inspector.retry(JobQuery(status="failed"), limit=10).done == 1
        assert inspector.discard(JobQuery(), limit=10).done == 1
        assert list(inspector.processes())


class Replicas:
    """A router that reads from a replica."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "postgres"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True


@pytest.mark.needs("postgres")
@pytest.mark.parametrize(
    "alias",
    [
        pytest.param(
            "default",
            marks=pytest.mark.django_db(transaction=True, databases=["default", "postgres"]),
        )
    ],
    indirect=True,
)
class TestReplicas:
    @pytest.mark.line("RQ-089")
    def test_an_instance_is_read_where_it_was_written(
        self, adapter: DatabaseAdapter, settings: Any
    ) -> None:
        settings.DATABASE_ROUTERS = [Replicas()]
        person = Person.objects.create(name="Ann")
        assert not Person.objects.filter(pk=person.pk).exists()  # the replica lags behind
        GreetJob.perform_later(person)
        assert work_off(adapter) == [Outcome.PERFORMED]
        assert buffer.lines() == ["Ann"]

    @pytest.mark.line("RQ-089")
    def test_one_that_is_not_committed_yet_is_waited_for_by_a_retry(
        self, adapter: DatabaseAdapter
    ) -> None:
        person = Person(pk=4711, name="Bob")
        person._state.adding, person._state.db = False, "default"
        GreetJob.perform_later(person)
        worker = Worker(adapter)
        settlement = settlement_of(worker.claim_one(), adapter=adapter)
        worker.source.settle([settlement])
        assert settlement.execution.outcome is Outcome.RETRIED
        person.save(force_insert=True)
        assert work_off(adapter) == [Outcome.PERFORMED]
        assert buffer.lines() == ["Bob"]


class TestMissingRows:
    @pytest.mark.line("RQ-068")
    def test_a_job_that_somebody_deleted_meanwhile_is_told_and_hurts_nobody(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(1), envelope(2)])
        worker = Worker(adapter)
        claims = worker.claim()
        Job.objects.using(alias).filter(pk=claims[0].token.partition(":")[0]).delete()
        assert worker.finish(*claims) == [claims[0].token]
        assert list(Job.objects.using(alias).values_list("state", flat=True)) == ["finished"]

    @pytest.mark.line("RQ-068")
    def test_what_others_delete_besides_is_made_good(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        RememberJob.perform_later("fail")
        work_off(adapter)
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        worker.claim()
        Attempt.objects.using(alias).all().delete()
        Process.objects.using(alias).all().delete()
        assert [each.fate for each in worker.registry.prune(silent_for=60)] == ["retried"]
        assert adapter.inspector().retry(JobQuery(status="failed"), limit=9).done == 1
        assert work_off(adapter) == [Outcome.FAILED]


class TestClocks:
    @pytest.mark.line("RQ-085")
    @pytest.mark.parametrize("seconds", [2, -2, 3600, -3600])
    def test_what_a_host_with_a_wrong_clock_enqueues_is_due_at_once(
        self, adapter: DatabaseAdapter, monkeypatch: pytest.MonkeyPatch, seconds: int
    ) -> None:
        monkeypatch.setattr(rows, "now", lambda: datetime.now(UTC) + timedelta(seconds=seconds))
        RememberJob.perform_later(1)
        perform_all_later([RememberJob(2)])
        assert len(work_off(adapter)) == 2

    @pytest.mark.line("RQ-152")
    def test_moments_keep_their_microseconds_and_equal_ones_their_order(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        moment = datetime.now(UTC).replace(microsecond=123_457) + timedelta(seconds=30)
        adapter.enqueue_all([envelope(number, scheduled_at=moment) for number in range(5)])
        adapter.enqueue(envelope(5, scheduled_at=moment - timedelta(microseconds=1)))
        listed = adapter.inspector().jobs(JobQuery(status="scheduled"), limit=2)
        numbers, cursor = [], None
        while True:
            listed = adapter.inspector().jobs(JobQuery(status="scheduled"), cursor=cursor, limit=2)
            numbers += [job.payload["arguments"][0] for job in listed.jobs if job.payload]
            if (cursor := listed.next_cursor) is None:
                break
        assert numbers == [5, 0, 1, 2, 3, 4]
        past = moment - timedelta(hours=1)
        Job.objects.using(alias).update(scheduled_at=past)
        assert run_chore(adapter, "dispatch") == 6
        claims = Worker(adapter).claim()
        assert {claim.envelope.scheduled_at for claim in claims if claim.envelope} == {past}


class TestSurroundings:
    @pytest.mark.line("RQ-103")
    def test_a_retry_by_an_operator_keeps_the_language_of_who_enqueued(
        self, adapter: DatabaseAdapter
    ) -> None:
        with translation.override("de"), timezone.override("Asia/Tokyo"):
            RememberJob.perform_later("fail")
        work_off(adapter)
        with translation.override("fr"), timezone.override("America/Lima"):
            assert adapter.inspector().retry(JobQuery(status="failed"), limit=1).done == 1
            work_off(adapter)
        assert [each[1:] for each in buffer.lines()] == [("de", "Asia/Tokyo")] * 2

    @pytest.mark.line("RQ-249")
    def test_what_a_job_carries_along_survives_its_retries(self, adapter: DatabaseAdapter) -> None:
        job = TracedJob()
        job.request_id = "4bf92f3577b34da6"
        job.enqueue()
        assert work_off(adapter) == [Outcome.RETRIED, Outcome.RETRIED, Outcome.FAILED]
        adapter.inspector().retry(JobQuery(status="failed"), limit=1)
        work_off(adapter)
        assert set(buffer.lines()) == {"4bf92f3577b34da6"}


class TestClearing:
    @pytest.mark.line("RQ-184")
    def test_a_queue_is_cleared_while_workers_claim_from_it(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(50)])
        worker = Worker(adapter)
        running = worker.claim(limit=20)
        cleared = adapter.inspector().discard(JobQuery(queue="default"), limit=100)
        assert cleared.done == 30
        assert worker.finish(*running) == []
        assert Job.objects.using(alias).count() == 20
