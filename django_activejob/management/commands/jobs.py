"""Shows and repairs jobs, from a shell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from itertools import islice
from typing import Any, Final, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from django_activejob.contracts import Inspector, JobQuery, JobRecord, Status
from django_activejob.inspection import JobSet
from django_activejob.management.console.facts import as_json, attempt_facts, job_facts
from django_activejob.management.console.inspecting import inspector_of, told
from django_activejob.management.console.semaphores import (
    all_semaphores,
    demand_semaphores,
    semaphore_facts,
    semaphore_row,
)
from django_activejob.management.console.table import table

_REPAIRS: Final = {
    "retry": "retry",
    "discard": "discard",
    "run-now": "dispatch",
    "set-aside": "set_aside",
    "cancel": "cancel",
}
"""What a person says, and what an inspector calls it."""


class Command(BaseCommand):
    """What the admin pages do, for those who have a shell only."""

    help = (
        "Lists, shows, retries, discards, dispatches, cancels and sets jobs aside; pauses and\n"
        "resumes queues; shows concurrency limits and takes permits away."
    )

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        listing = _action(actions, "list", "list jobs, the latest first")
        _add_filters(listing)
        listing.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many")
        showing = _action(actions, "show", "show a job, its error and its former executions")
        showing.add_argument("id", help="the id of the job, or that which its adapter gave it")
        for name, what in (
            ("retry", "make failed jobs ready again"),
            ("discard", "remove jobs that do not run"),
            ("run-now", "make scheduled jobs ready now"),
            ("set-aside", "make jobs that wait failed, for someone to retry"),
            ("cancel", "ask running jobs to end at their next checkpoints"),
        ):
            _add_selection(_action(actions, name, what))
        for name, what in (("pause", "let no more jobs start"), ("resume", "let them start again")):
            _action(actions, name, f"{what}, of one queue").add_argument("queue")
        _action(actions, "semaphores", "show the keys of concurrency limits, and who holds them")
        releasing = _action(
            actions, "release", "take running jobs' permits of a key away; the jobs run on"
        )
        releasing.add_argument("key")
        releasing.add_argument("--holder", metavar="ID", help="of this job only")
        _action(actions, "stats", "show how many jobs there are, by status and by queue")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        inspector = inspector_of(options["adapter"])
        action = options["action"]
        with told():
            if action in _REPAIRS:
                self._repair(inspector, options)
            elif action in ("pause", "resume"):
                getattr(inspector, action)(options["queue"])
                self.stdout.write(f"{options['queue']}: {action}d.")
            else:
                show: Callable[..., None] = getattr(self, f"_{action}")
                show(inspector, options)

    def _list(self, inspector: Inspector, options: dict[str, Any]) -> None:
        jobs = list(islice(_jobs(inspector, _query(options)), options["limit"]))
        if options["json"]:
            self.stdout.write(as_json([job_facts(job) for job in jobs]))
            return
        head = ("id", "job id", "class", "queue", "status", "executions", "error")
        self.stdout.write(table(head, [_row(job) for job in jobs]))

    def _show(self, inspector: Inspector, options: dict[str, Any]) -> None:
        job = inspector.find(options["id"])
        if job is None:
            raise CommandError(f"{options['id']}: there is no such job.")
        facts = job_facts(job)
        attempts = attempt_facts(inspector.attempts(job.id))
        if options["json"]:
            self.stdout.write(as_json({**facts, "attempts": attempts}))
            return
        error = facts.pop("error")
        told_facts = [(name, value) for name, value in facts.items() if value is not None]
        self.stdout.write(table(("", ""), told_facts).strip())
        for attempt in attempts:
            self.stdout.write(_sentence(attempt))
        if error is not None:
            self.stdout.write(f"\n{error['class']}: {error['message']}")

    def _stats(self, inspector: Inspector, options: dict[str, Any]) -> None:
        statuses = [status for status in get_args(Status) if status in inspector.statuses]
        counts = {status: inspector.count(JobQuery(status=status)) for status in statuses}
        queues = inspector.queues()
        if options["json"]:
            facts = {
                "jobs": {status: count.number for status, count in counts.items()},
                "queues": {
                    queue.name: {
                        "size": queue.size,
                        "latency": queue.latency,
                        "paused": queue.paused,
                    }
                    for queue in queues
                },
            }
            self.stdout.write(as_json(facts))
            return
        rows = [(s, f"{c.number}{'+' if c.capped else ''}") for s, c in counts.items()]
        self.stdout.write(table(("status", "jobs"), rows) + "\n")
        lines = [(q.name, q.size, _seconds(q.latency), "yes" if q.paused else "") for q in queues]
        self.stdout.write(table(("queue", "ready", "latency", "paused"), lines))

    def _semaphores(self, inspector: Inspector, options: dict[str, Any]) -> None:
        demand_semaphores(inspector)
        semaphores = list(all_semaphores(inspector))
        if options["json"]:
            self.stdout.write(as_json([semaphore_facts(each) for each in semaphores]))
            return
        head = ("key", "limit", "holders", "blocked", "oldest blocked", "counts until")
        self.stdout.write(table(head, [semaphore_row(each) for each in semaphores]))

    def _release(self, inspector: Inspector, options: dict[str, Any]) -> None:
        demand_semaphores(inspector)
        done = inspector.release(options["key"], holder=options["holder"]).done
        text = f"{options['key']}: {done} running jobs have lost their permits; they run on."
        self.stdout.write(as_json({"done": done}) if options["json"] else text)

    def _repair(self, inspector: Inspector, options: dict[str, Any]) -> None:
        query = _query(options)
        if query == JobQuery() and not options["all"]:
            raise CommandError(
                "Which jobs? Give ids, or --status, --queue, --job-class or --search; --all "
                "means all of them."
            )
        chosen = _jobs(inspector, query)
        if not query.ids and not options["yes"]:
            self._confirm(inspector, query, options["action"])
        done = getattr(chosen, _REPAIRS[options["action"]])()
        facts = {"done": done.done, "skipped": done.skipped}
        text = f"{options['action']}: {done.done} jobs; {done.skipped} had moved on."
        self.stdout.write(as_json(facts) if options["json"] else text)

    def _confirm(self, inspector: Inspector, query: JobQuery, action: str) -> None:
        count = inspector.count(query)
        number = f"{count.number}{' or more' if count.capped else ''}"
        answer = input(f"{action}: of {number} jobs, those that allow it. Go on? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was changed.")


def _action(actions: Any, name: str, what: str) -> CommandParser:
    parser: CommandParser = actions.add_parser(name, help=what, description=what)
    parser.add_argument("--adapter", metavar="ALIAS", help="default: that of QUEUE_ADAPTER")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _add_filters(parser: CommandParser) -> None:
    parser.add_argument("--status", choices=get_args(Status))
    parser.add_argument("--queue", metavar="NAME")
    parser.add_argument("--job-class", metavar="NAME")
    parser.add_argument("--search", metavar="TEXT", help="a job id, or a part of the arguments")


def _add_selection(parser: CommandParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="the ids that the adapter gave")
    _add_filters(parser)
    parser.add_argument("--all", action="store_true", help="all jobs that allow it")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _query(options: dict[str, Any]) -> JobQuery:
    return JobQuery(
        status=options["status"],
        queue=options["queue"],
        job_class=options["job_class"],
        search=options["search"],
        ids=tuple(options.get("ids") or ()),
    )


def _jobs(inspector: Inspector, query: JobQuery) -> JobSet:
    return JobSet(inspector, JobQuery()).all().filter(**asdict(query))


def _row(job: JobRecord) -> tuple[object, ...]:
    error = job.error.class_name if job.error is not None else None
    return (job.id, job.job_id, job.job_class, job.queue, job.status, job.executions, error)


def _seconds(latency: float | None) -> str:
    return "" if latency is None else f"{latency:.1f} s"


def _sentence(attempt: dict[str, Any]) -> str:
    error = attempt["error"]
    reason = f": {error['class']}: {error['message']}" if error else ""
    return f"execution {attempt['number']} {attempt['outcome']}{reason}"
