"""Makes a job class, and its test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from django_activejob.job import registry
from django_activejob.management.generator import names
from django_activejob.management.generator.apps import app_named
from django_activejob.management.generator.draft import Draft
from django_activejob.management.generator.files import NewFile, job_files, shown, test_files
from django_activejob.management.generator.parents import APPLICATION_JOB, parent_named


class Command(BaseCommand):
    """Writes the files of a new job, as Active Job's ``rails generate job`` does."""

    help = (
        "Makes a job class and its test in an app, and ApplicationJob if the project has none. "
        "NAME may be SyncAccount, sync_account or billing/sync_account."
    )
    requires_system_checks = ()  # what else is wrong does not matter here

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "app", nargs="?", help="label of the app; not needed when the project has one only"
        )
        parser.add_argument("name", metavar="NAME", help="with or without Job at its end")
        parser.add_argument(
            "--queue", default="default", metavar="NAME", help="the queue of the job"
        )
        parser.add_argument(
            "--parent", default=APPLICATION_JOB, metavar="CLASS", help="what it inherits from"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would be written; write nothing"
        )
        parser.add_argument(
            "--force", action="store_true", help="write even if the class or its files exist"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        draft = _draft(options)
        jobs, tests = job_files(draft), test_files(draft)
        if not options["force"]:
            _refuse_to_overwrite([*jobs, *tests], draft.name.class_name)
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing is written.")
        for file in [*jobs, *tests]:
            self._make(file, dry_run=options["dry_run"])
        if not tests:
            self._say_why_there_is_no_test(draft)
        self._say_what_comes_next(draft, jobs[-1])

    def _make(self, file: NewFile, *, dry_run: bool) -> None:
        exists = file.path.exists()
        if exists and file.stays:
            return
        if not dry_run:
            _write(file)
        self.stdout.write(f"{'overwrite' if exists else 'create':>11}  {shown(file.path)}")

    def _say_why_there_is_no_test(self, draft: Draft) -> None:
        tests = shown(draft.folder / "tests")
        self.stdout.write(
            f"\nNo test was made, for {tests}.py leaves no room for a file of its own. To get "
            "one, make it a package; then run this again with --force, which writes the job "
            "anew too:\n\n"
            f"    mkdir -p {tests}\n"
            f"    touch {tests}/__init__.py\n"
            f"    mv {tests}.py {tests}/test_{draft.app.label}.py"
        )

    def _say_what_comes_next(self, draft: Draft, job: NewFile) -> None:
        name = draft.name.class_name
        self.stdout.write(
            f"\nNext, write its perform() in {shown(job.path)}. To enqueue it:\n\n"
            f"    from {draft.module} import {name}\n\n"
            f"    {name}.perform_later()\n\n"
            "To have jobs performed:\n\n"
            "    python manage.py runjobs"
        )


def _draft(options: dict[str, Any]) -> Draft:
    app = app_named(options["app"])
    if not options["queue"].strip():
        raise CommandError("--queue: the name of a queue cannot be empty.")
    return Draft(
        app=app,
        name=names.parse(options["name"]),
        queue=options["queue"],
        parent=parent_named(options["parent"], app=app),
    )


def _refuse_to_overwrite(files: Sequence[NewFile], class_name: str) -> None:
    existing = [shown(file.path) for file in files if file.path.exists() and not file.stays]
    existing += [
        f"{class_name} in {registry.place_of(found)}"
        for found in registry.classes()
        if found.__name__ == class_name and not existing
    ]
    if existing:
        raise CommandError(
            f"This exists already: {', '.join(existing)}. Choose another name, or say --force."
        )


def _write(file: NewFile) -> None:
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_text(file.content, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{shown(file.path)} cannot be written: {error.strerror}.") from error
