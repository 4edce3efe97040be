"""What a person sees of `runjobs`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from django_activejob.management.commands import runjobs
from django_activejob.runtime.configuration import Plan


class FakeSupervisor:
    """Ends at once, with the status that a test wants."""

    status = 0
    plans: list[Plan] = []  # noqa: RUF012 - emptied before each test

    def __init__(self, plan: Plan, *, watcher: int | None = None) -> None:
        self.plans.append(plan)

    def run(self) -> int:
        return self.status


@pytest.fixture(autouse=True)
def supervisor(monkeypatch: pytest.MonkeyPatch) -> type[FakeSupervisor]:
    monkeypatch.setattr(runjobs, "Supervisor", FakeSupervisor)
    monkeypatch.setattr(FakeSupervisor, "plans", [])
    return FakeSupervisor


@contextmanager
def unconfigured_logger() -> Iterator[logging.Logger]:
    """Our logger as a project leaves it that says nothing about logging."""
    logger = logging.getLogger("django_activejob")
    before = (logger.level, logger.handlers)
    logger.setLevel(logging.NOTSET)
    logger.handlers = []
    # pytest's own handlers stand further up.
    logger.propagate = False
    try:
        yield logger
    finally:
        logger.setLevel(before[0])
        logger.handlers = before[1]
        logger.propagate = True


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("runjobs", "--adapter", "database", *arguments, stdout=output)
    return output.getvalue()


class TestGreeting:
    def test_says_what_runs_and_how_to_stop_it(self) -> None:
        lines = run("--queues", "critical, default", "--processes", "2").splitlines()
        assert lines[1:] == [
            "  database: queues critical, default; 2 processes × 5 threads",
            "Ctrl-C stops.",
        ]

    def test_counts_one_as_one(self) -> None:
        assert "queues *; 1 process × 1 thread\n" in run("--threads", "1")

    def test_an_event_loop_is_named(self, supervisor: type[FakeSupervisor]) -> None:
        assert "1 process × 500 jobs on an event loop\n" in run("--concurrency", "500")
        (plan,) = supervisor.plans
        assert (plan.workers[0].concurrency, plan.workers[0].slots) == (500, 500)

    def test_options_reach_the_supervisor(self, supervisor: type[FakeSupervisor]) -> None:
        run("--shutdown-timeout", "3", "--queues", "a,b*")
        (plan,) = supervisor.plans
        assert plan.timing.shutdown_timeout == 3.0
        assert plan.workers[0].queues == ("a", "b*")

    def test_weights_reach_it_too(self, supervisor: type[FakeSupervisor]) -> None:
        run("--weights", "critical=3, default=1")
        assert supervisor.plans[0].workers[0].weights == (3, 1)
        with pytest.raises(CommandError, match="write it like critical=3,default=1"):
            run("--weights", "critical")


class TestHelp:
    def test_shows_examples_signals_and_settings(self, capsys: pytest.CaptureFixture[str]) -> None:
        parser = runjobs.Command().create_parser("manage.py", "runjobs")
        parser.print_help()
        shown = capsys.readouterr().out
        for part in ("examples:", "signals:", "settings, all in ACTIVE_JOB:", "--queues NAMES"):
            assert part in shown
        assert "\n  manage.py runjobs --processes 4 --threads 5       20 jobs at once\n" in shown


class TestMistakes:
    def test_an_adapter_without_work_is_named_with_what_to_do(self) -> None:
        with pytest.raises(CommandError, match="queue adapter 'inline': its jobs need no worker"):
            call_command("runjobs", "--adapter", "inline")

    def test_an_unknown_adapter_is_named(self) -> None:
        with pytest.raises(CommandError, match="'redsi' is no queue adapter"):
            call_command("runjobs", "--adapter", "redsi")

    def test_processes_that_cannot_start_are_an_error(
        self, supervisor: type[FakeSupervisor], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(supervisor, "status", 1)
        with pytest.raises(CommandError, match="could not be started") as caught:
            run()
        assert caught.value.returncode == 1

    @pytest.mark.line("RQ-027")
    def test_ctrl_c_before_the_start_leaves_no_traceback(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(runjobs.Command, "handle", interrupt)
        with pytest.raises(SystemExit) as caught:
            runjobs.Command().run_from_argv(["manage.py", "runjobs", "--skip-checks"])
        assert caught.value.code == 130


class TestReload:
    def test_it_needs_a_command_line_that_can_be_repeated(self) -> None:
        with pytest.raises(CommandError, match="--reload: works from a shell only"):
            run("--reload")

    def test_debug_asks_for_it_in_a_shell_only(
        self, settings: Settings, supervisor: type[FakeSupervisor]
    ) -> None:
        settings.DEBUG = True
        run()
        assert len(supervisor.plans) == 1


class TestLogs:
    def test_our_lines_are_shown_when_the_project_shows_none(self) -> None:
        with unconfigured_logger() as logger:
            run()
            assert logger.isEnabledFor(logging.INFO)
            assert len(logger.handlers) == 1

    def test_a_second_start_adds_no_second_handler(self) -> None:
        with unconfigured_logger() as logger:
            run()
            run()
            assert len(logger.handlers) == 1

    def test_a_handler_of_the_project_is_enough(self) -> None:
        with unconfigured_logger() as logger:
            logger.addHandler(logging.NullHandler())
            run()
            assert len(logger.handlers) == 1
            assert logger.isEnabledFor(logging.INFO)

    def test_a_level_that_the_project_has_set_stands(self) -> None:
        with unconfigured_logger() as logger:
            logger.setLevel(logging.ERROR)
            run()
            assert not logger.isEnabledFor(logging.INFO)
