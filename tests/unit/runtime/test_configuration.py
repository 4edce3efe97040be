"""Settings and options become a plan."""

from __future__ import annotations

import sys

import pytest

from django_activejob import handler
from django_activejob.conf import Settings, WorkerSettings
from django_activejob.contracts import QueueAdapter
from django_activejob.errors import ConfigurationError, UnknownAdapter
from django_activejob.runtime import supervisor
from django_activejob.runtime.configuration import Options, Plan, Timing, plan

from .fakes import FakeAdapter, FakeRegistry, FakeSource


@pytest.fixture(autouse=True)
def _adapters(monkeypatch: pytest.MonkeyPatch) -> None:
    def adapter(alias: str) -> QueueAdapter:
        if alias == "inline":
            return FakeAdapter()
        if alias == "nope":
            raise UnknownAdapter("'nope' is no queue adapter.")
        return FakeAdapter(source=FakeSource(), registry=FakeRegistry())

    monkeypatch.setattr(handler, "adapter", adapter)


def planned(*workers: WorkerSettings, **options: object) -> Plan:
    settings = Settings(adapters={}, workers=workers or (WorkerSettings(),))
    return plan(settings, Options(**options))  # type: ignore[arg-type]  # as the tests give them


class TestPlan:
    def test_by_default_one_process_works_on_every_queue_and_does_the_chores(self) -> None:
        (only,) = planned().processes
        assert only.name == "worker-1"
        assert (only.worker.adapter, only.worker.queues, only.worker.threads) == (
            "database",
            ("*",),
            5,
        )
        assert only.chores_for == ("database",) == only.adapters

    def test_more_processes_get_one_more_for_the_chores(self) -> None:
        made = planned(WorkerSettings(processes=2), WorkerSettings(adapter="redis"))
        assert [process.name for process in made.processes] == [
            "worker-1",
            "worker-2",
            "worker-3",
            "dispatcher",
        ]
        assert made.processes[0].adapters == ("database",)
        assert made.processes[3].worker is None
        assert made.processes[3].adapters == ("database", "redis")
        assert len(made.workers) == 3

    def test_an_event_loop_has_so_many_slots(self) -> None:
        (threaded,) = planned(WorkerSettings(threads=3)).workers
        assert (threaded.concurrency, threaded.slots) == (None, 3)
        (looped,) = planned(WorkerSettings(threads=3, concurrency=200)).workers
        assert (looped.threads, looped.slots) == (3, 200)
        (asked,) = planned(WorkerSettings(concurrency=200), concurrency=7).workers
        assert asked.slots == 7
        with pytest.raises(ConfigurationError, match="--concurrency: 0 is too few"):
            planned(concurrency=0)

    def test_in_a_drain_every_worker_looks_itself_for_what_is_due(self) -> None:
        made = planned(WorkerSettings(processes=2), drain=True)
        assert [(p.name, p.chores_for) for p in made.processes] == [
            ("worker-1", ("database",)),
            ("worker-2", ("database",)),
        ]
        assert all(process.bounds.drains for process in made.processes)

    def test_weights_name_the_queues(self) -> None:
        (worker,) = planned(weights=(("critical", 3), ("default", 1))).workers
        assert (worker.queues, worker.weights) == (("critical", "default"), (3, 1))
        (worker,) = planned(WorkerSettings(weights=(("a", 2),)), queues=("b",)).workers
        assert (worker.queues, worker.weights) == (("b",), ())

    def test_nothing_can_be_left_out_where_nobody_knows_the_queues(self) -> None:
        with pytest.raises(ConfigurationError, match="queues -b: the adapter 'database' does not"):
            planned(queues=("*", "-b"))

    def test_bounds_are_above_zero(self) -> None:
        with pytest.raises(ConfigurationError, match="--max-jobs: 0 is too few"):
            planned(max_jobs=0)

    def test_times_come_from_the_settings(self) -> None:
        assert planned().timing.shutdown_timeout == 25.0
        assert planned(shutdown_timeout=3.0).timing.shutdown_timeout == 3.0
        assert planned(shutdown_timeout=0.0).processes[0].timing.shutdown_timeout == 0.0

    def test_options_change_numbers(self) -> None:
        made = planned(processes=2, threads=7)
        assert [worker.threads for worker in made.workers] == [7, 7]

    def test_queues_make_one_kind_of_worker(self) -> None:
        made = planned(
            WorkerSettings(queues=("a",), threads=3),
            WorkerSettings(queues=("b",)),
            queues=("c", "d*"),
        )
        (worker,) = made.workers
        assert worker.queues == ("c", "d*")
        assert worker.threads == 3

    def test_an_adapter_keeps_its_own_workers_only(self) -> None:
        made = planned(
            WorkerSettings(queues=("a",)),
            WorkerSettings(queues=("b",), adapter="redis"),
            adapter="redis",
        )
        assert [worker.queues for worker in made.workers] == [("b",)]

    def test_an_adapter_without_workers_gets_the_default_one(self) -> None:
        (worker,) = planned(adapter="redis").workers
        assert (worker.adapter, worker.queues, worker.threads) == ("redis", ("*",), 5)


class TestMistakes:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"processes": 0}, "--processes: 0 is too few; give 1 or more."),
            ({"threads": -1}, "--threads: -1 is too few; give 1 or more."),
            ({"shutdown_timeout": -0.1}, "--shutdown-timeout: give 0 or more seconds."),
            ({"queues": ()}, "--queues: name at least one queue, or leave the option out."),
            ({"adapter": "nope"}, "'nope' is no queue adapter."),
            (
                {"adapter": "inline"},
                "queue adapter 'inline': its jobs need no worker, so there is nothing to run here. "
                'Set ACTIVE_JOB["QUEUE_ADAPTER"] to an adapter that keeps jobs, such as '
                '"database", or name one with --adapter.',
            ),
        ],
    )
    def test_each_is_named_with_what_to_do(self, options: dict[str, object], message: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            planned(**options)
        assert str(caught.value) == message


class TestDefaults:
    @pytest.mark.line("RQ-025")
    def test_all_has_ended_before_platforms_lose_patience(self) -> None:
        # Kubernetes and Heroku kill after 30 s, systemd after 90 s. All processes stop at once,
        # so that it does not matter how many there are.
        assert Timing().shutdown_timeout == Settings(adapters={}).shutdown_timeout
        assert Timing().shutdown_timeout + supervisor._GRACE + supervisor._LAST_GRACE < 30


class TestStartMethod:
    @pytest.mark.line("RQ-196")
    @pytest.mark.parametrize(("platform", "method"), [("darwin", "spawn"), ("linux", "fork")])
    def test_it_is_spawn_where_a_fork_is_not_safe(
        self, monkeypatch: pytest.MonkeyPatch, platform: str, method: str
    ) -> None:
        monkeypatch.setattr(sys, "platform", platform)
        assert planned().start_method == method
        assert planned(start_method="spawn").start_method == "spawn"
        assert planned(start_method="fork").start_method == "fork"
