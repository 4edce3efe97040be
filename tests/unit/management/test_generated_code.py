"""What `startjob` writes, in a project of its own, used as a person would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

MANAGE = """\
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""

SETTINGS = """\
import sys
SECRET_KEY = "only for tests"
USE_TZ = True
INSTALLED_APPS = ["django_activejob", "orders"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
if "test" not in sys.argv:  # where the default adapter has to do
    ACTIVE_JOB = {"QUEUE_ADAPTER": "test"}
"""

USE = """
from django_activejob import handler
from orders.jobs.billing.sync_account_job import SyncAccountJob
SyncAccountJob.perform_later()
(envelope,) = handler.adapter().enqueued
print(envelope.payload["job_class"], envelope.queue_name, SyncAccountJob.perform_now())
"""


def run(folder: Path, *arguments: str) -> str:
    """Runs Python in a folder; what it has printed, when it succeeds."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one app, in which a job was made."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "manage.py").write_text(MANAGE)
    (folder / "settings.py").write_text(SETTINGS)
    (folder / "orders").mkdir()
    (folder / "orders" / "__init__.py").touch()
    run(folder, "manage.py", "startjob", "Billing::SyncAccount", "--queue", "imports")
    return folder


class TestGeneratedCode:
    def test_the_job_is_discovered_enqueued_and_performed(self, project: Path) -> None:
        printed = run(project, "manage.py", "shell", "--verbosity", "0", "-c", USE)
        assert printed.splitlines()[-1] == "orders.SyncAccountJob imports None"

    def test_its_test_passes(self, project: Path) -> None:
        assert re.search(r"Ran 2 tests in .*\n\nOK", run(project, "manage.py", "test"))

    def test_linters_and_formatters_have_nothing_to_say(self, project: Path) -> None:
        pytest.importorskip("ruff", reason="ruff is not installed")
        for command in (["check", "--isolated", "--extend-select=I,B,UP"], ["format", "--check"]):
            run(project, "-m", "ruff", *command, "--no-cache", "orders")

    def test_a_job_of_that_name_is_known_to_the_next(self, project: Path) -> None:
        failed = "from django.core.management import *; call_command('startjob', 'SyncAccount')"
        with pytest.raises(AssertionError, match=r"exists already: SyncAccountJob in .*billing"):
            run(project, "manage.py", "shell", "--verbosity", "0", "-c", failed)

    def test_a_second_job_has_the_same_parent(self, project: Path) -> None:
        printed = run(project, "manage.py", "startjob", "orders", "ShipParcel", "--dry-run")
        assert "application_job.py" not in printed
        assert "create  orders/jobs/ship_parcel_job.py" in printed

    def test_the_suggestions_work_when_their_marks_are_taken_away(self, project: Path) -> None:
        path = project / "orders" / "jobs" / "application_job.py"
        written = path.read_text()
        path.write_text(re.sub(r"^# (?=from|@)", "", written, flags=re.MULTILINE))
        handlers = "from orders.jobs.application_job import *; print(vars(ApplicationJob))"
        try:
            printed = run(project, "manage.py", "shell", "--verbosity", "0", "-c", handlers)
        finally:
            path.write_text(written)
        assert "django_activejob.errors.RecordNotFound" in printed
        assert "django.db.utils.OperationalError" in printed
