"""Performs jobs until it is stopped."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from django.conf import settings as django_settings
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from django.utils import autoreload
from typing_extensions import override

from django_activejob import __version__, conf
from django_activejob.errors import ConfigurationError
from django_activejob.runtime import configuration, liveness, log_handlers, spawning, streams
from django_activejob.runtime.configuration import Options, Plan
from django_activejob.runtime.pidfile import Pidfile
from django_activejob.runtime.reloading import Reloading
from django_activejob.runtime.supervisor import Supervisor

_INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C has ended

_EPILOG = """
examples:
  manage.py runjobs                                 as ACTIVE_JOB["WORKERS"] says
  manage.py runjobs --queues critical,default       these queues, in this order
  manage.py runjobs --queues 'mail*,*' --threads 2  mail first, then all others
  manage.py runjobs --processes 4 --threads 5       20 jobs at once
  manage.py runjobs --queues web --concurrency 500  500 coroutines at once
  manage.py runjobs --drain                         work off what is there, then exit
  manage.py runjobs --check                         are the processes of this host at work?
  manage.py runjobs --no-reload                     in development: ignore changed files

signals:
  TERM, INT (Ctrl-C), HUP   claim no more, let running jobs end until the shutdown
                            time-out, give the rest back to their queues, exit
  INT again, or QUIT        stop at once; jobs cut short go back to their queues
  TSTP                      claim no more, but keep running (before a deploy)
  TTIN, USR2                log where each thread and coroutine is, and with which job

settings, all in ACTIVE_JOB:
  QUEUE_ADAPTER     whose jobs
  WORKERS           [{"queues": ["critical", "default"], "threads": 5, "processes": 2}];
                    every queue, 5 threads and 1 process when it is not set
  SHUTDOWN_TIMEOUT  seconds; keep it below the patience of what stops this program
"""


class Command(BaseCommand):
    """Starts a supervisor, its workers, and what does their chores."""

    help = (
        "Performs background jobs: starts worker processes, replaces those that die,\n"
        "makes scheduled jobs ready, and takes over the jobs of the dead."
    )

    # Whether it was called from a shell, so that it can be called again in the same way.
    _has_command_line = False

    @override
    def check(self, *args: Any, **kwargs: Any) -> None:
        """Django's checks, without those that ask a database: it may not be up yet."""
        super().check(*args, **{"databases": [], **kwargs})

    @override
    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = _EPILOG
        parser.formatter_class = _Formatter
        return parser

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--queues",
            metavar="NAMES",
            type=_names,
            help="queues in strict order, separated by commas; `prefix*` and `*` are patterns, "
            "`-name` leaves one out",
        )
        parser.add_argument(
            "--weights",
            metavar="NAME=N,…",
            type=_weights,
            help="queues, and how often each comes first, as in critical=3,default=1",
        )
        self._add_sizes(parser)
        parser.add_argument("--adapter", metavar="ALIAS", help="work for this adapter only")
        parser.add_argument(
            "--pidfile", metavar="PATH", type=Path, help="a file to hold the supervisor's pid"
        )
        parser.add_argument(
            "--reload",
            action=argparse.BooleanOptionalAction,
            help="start anew when files change, after running jobs have ended; this is what "
            "happens with DEBUG = True, if nothing else is said",
        )
        parser.add_argument("--watcher", type=int, help=argparse.SUPPRESS)
        parser.add_argument("--spawned", type=int, help=argparse.SUPPRESS)
        self._add_ends(parser)

    def _add_sizes(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--processes", metavar="N", type=int, help="worker processes of each kind"
        )
        parser.add_argument("--threads", metavar="N", type=int, help="threads of each process")
        parser.add_argument(
            "--concurrency",
            metavar="N",
            type=int,
            help="jobs that each process runs at once on an event loop, for `async def perform`",
        )

    def _add_ends(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--start-method",
            choices=get_args(configuration.StartMethod),
            help="how processes come to be: fork, or, by default on macOS, spawn",
        )
        parser.add_argument(
            "--shutdown-timeout",
            metavar="S",
            type=float,
            help="seconds that running jobs may take to end when stopped",
        )
        parser.add_argument(
            "--drain", action="store_true", help="exit as soon as no job is ready or due"
        )
        parser.add_argument(
            "--max-jobs", metavar="N", type=int, help="replace a process after so many jobs"
        )
        parser.add_argument(
            "--max-memory", metavar="MB", type=int, help="replace a process that has grown larger"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="start nothing; exit 0 if the processes of this host, or of --pidfile, are at "
            "work, else 1",
        )

    @override
    def run_from_argv(self, argv: list[str]) -> None:
        self._has_command_line = True
        try:
            super().run_from_argv(argv)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if options["spawned"] is not None:
            _make_logs_visible()
            log_handlers.shield()
            spawning.live_as_told(options["spawned"])
        plan = self._plan(options)
        if options["check"]:
            self._check(plan, options["pidfile"])
            return
        if self._wants_reload(options):
            self._reload()
            return
        _make_logs_visible()
        log_handlers.shield()
        # Nobody may be there to read it.
        with contextlib.suppress(BrokenPipeError):
            self._greet(plan)
        status = self._run(plan, options)
        streams.flush()
        if status:
            raise CommandError("The processes could not be started.", returncode=status)

    def _plan(self, options: dict[str, Any]) -> Plan:
        given = {item.name: options[item.name] for item in fields(Options)}
        try:
            return configuration.plan(conf.settings(), Options(**given))
        except ConfigurationError as error:
            raise CommandError(str(error)) from error

    def _wants_reload(self, options: Mapping[str, Any]) -> bool:
        wanted: bool | None = options["reload"]
        if wanted and not self._has_command_line:
            raise CommandError("--reload: works from a shell only; leave it out here.")
        if wanted is None:
            return django_settings.DEBUG and self._has_command_line and not options["drain"]
        return wanted

    def _reload(self) -> None:
        command = [*autoreload.get_child_arguments(), "--no-reload", f"--watcher={os.getpid()}"]
        sys.exit(Reloading(command, say=self._say).run())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _check(self, plan: Plan, pidfile: Path | None) -> None:
        pid = Pidfile(pidfile).owner() if pidfile is not None else None
        if pidfile is not None and pid is None:
            raise CommandError(f"--pidfile {pidfile}: it names no process.")
        found = liveness.problems(plan, supervisor_pid=pid)
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("All is well.")

    def _greet(self, plan: Plan) -> None:
        self.stdout.write(f"django_activejob {__version__}, pid {os.getpid()}")
        for worker, processes in _grouped(plan):
            self.stdout.write(
                f"  {worker.adapter}: queues {', '.join(worker.queues)}; "
                f"{_counted(processes, 'process', 'processes')} × {_slots(worker)}"
            )
        self.stdout.write("Ctrl-C stops.")
        self.stdout.flush()

    def _run(self, plan: Plan, options: Mapping[str, Any]) -> int:
        pidfile: Path | None = options["pidfile"]
        if pidfile is None:
            return Supervisor(plan, watcher=options["watcher"]).run()
        file = Pidfile(pidfile)
        try:
            file.write()
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        try:
            return Supervisor(plan, watcher=options["watcher"]).run()
        finally:
            file.remove()


class _Formatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Django's own, but the lines of the examples stay as they are."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def _weights(text: str) -> tuple[tuple[str, int], ...]:
    pairs = [part.rpartition("=") for part in _names(text)]
    if not pairs or not all(name and n.isdecimal() and int(n) for name, _, n in pairs):
        raise argparse.ArgumentTypeError(f"{text!r}: write it like critical=3,default=1.")
    return tuple((name, int(number)) for name, _, number in pairs)


def _grouped(plan: Plan) -> list[tuple[configuration.WorkerPlan, int]]:
    return [(worker, plan.workers.count(worker)) for worker in dict.fromkeys(plan.workers)]


def _slots(worker: configuration.WorkerPlan) -> str:
    if worker.concurrency is None:
        return _counted(worker.threads, "thread", "threads")
    return _counted(worker.concurrency, "job", "jobs") + " on an event loop"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _make_logs_visible() -> None:
    """Shows our lines on stderr, unless the project has seen to them itself.

    A level that the project has set for our logger stands; a handler that our lines
    reach already is enough.
    """
    logger = logging.getLogger("django_activejob")
    if logger.level == logging.NOTSET and not logger.isEnabledFor(logging.INFO):
        logger.setLevel(logging.INFO)
    if not logger.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
