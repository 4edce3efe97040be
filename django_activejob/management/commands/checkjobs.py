"""Says whether this code can run the jobs that are queued."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from django_activejob.contracts import Inspector
from django_activejob.management.console.facts import as_json
from django_activejob.management.console.inspecting import inspector_of, told
from django_activejob.management.console.runnable import unrunnable_jobs

_UNRUNNABLE = 1
_TOO_MUCH = 3  # argparse has the 2


class Command(BaseCommand):
    """A gate for deploys, and a probe for queues that grow."""

    help = (
        "Finds queued jobs that this code cannot run: unknown classes, arguments that perform() "
        "does not take. Exits with 0 when all is well, 1 when there are such jobs, 3 when only "
        "a queue is larger or slower than it may be."
    )

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--adapter", metavar="ALIAS", help="default: that of QUEUE_ADAPTER")
        parser.add_argument(
            "--sample", type=int, default=1000, metavar="N", help="jobs to look at in each status"
        )
        parser.add_argument(
            "--max-size", type=int, metavar="N", help="ready jobs that a queue may hold"
        )
        parser.add_argument(
            "--max-latency", type=float, metavar="S", help="seconds that the oldest may have waited"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        inspector = inspector_of(options["adapter"])
        with told():
            unrunnable = unrunnable_jobs(inspector, sample=options["sample"])
            queues = _too_much(inspector, options["max_size"], options["max_latency"])
        problems = [*unrunnable, *queues]
        if options["json"]:
            self.stdout.write(as_json({"unrunnable": unrunnable, "queues": queues}))
        elif not problems:
            self.stdout.write("This code can run what is queued.")
        if problems:
            status = _UNRUNNABLE if unrunnable else _TOO_MUCH
            raise CommandError("\n".join(problems), returncode=status)


def _too_much(inspector: Inspector, max_size: int | None, max_latency: float | None) -> list[str]:
    found = []
    for queue in inspector.queues():
        if max_size is not None and queue.size > max_size:
            found.append(f"Queue {queue.name!r}: {queue.size} jobs are ready, over {max_size}.")
        if max_latency is not None and (queue.latency or 0.0) > max_latency:
            found.append(
                f"Queue {queue.name!r}: its oldest job has waited for {queue.latency:.0f} s, "
                f"over {max_latency:g} s."
            )
    return found
