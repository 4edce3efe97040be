from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.furniture.inner_run import run_pytest

# By its path, for where the package is not installed; and only once, for where it is.
PLUGIN = (
    *("-p", "no:activejob", "-p", "django_activejob.testing.pytest_plugin"),
    *("-p", "no:cacheprovider"),
)

SETTINGS = """
import django
from django.conf import settings

settings.configure(
    USE_TZ=True,
    INSTALLED_APPS=["django_activejob"],
    ACTIVE_JOB={"QUEUE_ADAPTER": "%s"},
)
django.setup()
"""

JOBS = """
import pytest
from django_activejob import ActiveJob

class WelcomeJob(ActiveJob):
    def perform(self, name):
        WelcomeJob.names.append(name)

    names = []
"""

FIXTURES = """
def test_assertions(jobs):
    with jobs.assert_enqueued_with(job=WelcomeJob, args=["Ada"]):
        WelcomeJob.perform_later("Ada")
    jobs.assert_enqueued_jobs(1)
    assert [job.args for job in jobs.enqueued_jobs] == [["Ada"]]

def test_performing(jobs, perform_enqueued_jobs):
    WelcomeJob.perform_later("Bob")
    assert perform_enqueued_jobs() == 1
    with perform_enqueued_jobs():
        WelcomeJob.perform_later("Eve")
    assert WelcomeJob.names == ["Bob", "Eve"]
    jobs.assert_performed_jobs(2)

def test_left_over():
    WelcomeJob.perform_later("Tom")

def test_nothing_is_left_over(jobs):
    jobs.assert_no_enqueued_jobs()
    jobs.assert_no_performed_jobs()
"""

MARKS = """
from django_activejob.adapters.test import TestAdapter

mine = TestAdapter()

class OwnJob(WelcomeJob):
    queue_adapter = "inline"

@pytest.mark.activejob
def test_the_mark_alone(jobs):
    OwnJob.perform_later("Ada")
    jobs.assert_enqueued_jobs(1)

@pytest.mark.activejob(adapter="inline")
class TestGroup:
    def test_a_name(self):
        WelcomeJob.perform_later("Ada")
        assert WelcomeJob.names == ["Ada"]

@pytest.mark.activejob(adapter=mine)
def test_an_adapter(jobs):
    WelcomeJob.perform_later("Ada")
    assert jobs.queue_adapter is mine

def test_without_a_mark(jobs):
    with pytest.raises(Exception, match="you're using InlineAdapter.*@pytest.mark.activejob"):
        jobs.assert_no_enqueued_jobs()
"""

STRANGERS = """
import sys

def test_nothing_of_django_is_loaded():
    assert not {name for name in sys.modules if name.partition(".")[0] == "django"}

def test_nor_more_of_the_package():
    assert sorted(name for name in sys.modules if name.startswith("django_activejob")) == [
        "django_activejob", "django_activejob.testing", "django_activejob.testing.pytest_plugin",
    ]
"""


def outcome_of(folder: Path, text: str) -> str:
    ended = run_pytest(folder, text, "-q", "--strict-markers", *PLUGIN)
    return ended.stdout.splitlines()[-1] if ended.returncode == 0 else ended.stdout + ended.stderr


class TestThePlugin:
    @pytest.mark.line("RQ-250")
    def test_its_fixtures_assert_perform_and_clean_up(self, tmp_path: Path) -> None:
        assert "4 passed" in outcome_of(tmp_path, SETTINGS % "test" + JOBS + FIXTURES)

    @pytest.mark.line("RQ-250")
    def test_runs_side_by_side_do_not_meet(self, tmp_path: Path) -> None:
        folders = [tmp_path / name for name in ("one", "other", "third")]
        for folder in folders:
            folder.mkdir()
        with ThreadPoolExecutor(len(folders)) as threads:
            text = SETTINGS % "test" + JOBS + FIXTURES
            ends = list(threads.map(lambda folder: outcome_of(folder, text), folders))
        assert all("4 passed" in end for end in ends), ends

    def test_its_mark_names_the_adapter_for_all_classes(self, tmp_path: Path) -> None:
        assert "4 passed" in outcome_of(tmp_path, SETTINGS % "inline" + JOBS + MARKS)

    def test_it_does_nothing_where_there_are_no_jobs(self, tmp_path: Path) -> None:
        assert "2 passed" in outcome_of(tmp_path, STRANGERS)

    def test_it_says_what_its_mark_is_for(self, tmp_path: Path) -> None:
        ended = run_pytest(tmp_path, "", "--markers", *PLUGIN)
        assert '@pytest.mark.activejob(adapter="test"): send the jobs' in ended.stdout

    def test_the_package_announces_it(self, pytestconfig: pytest.Config) -> None:
        project = (pytestconfig.rootpath / "pyproject.toml").read_text("utf-8")
        entry = 'activejob = "django_activejob.testing.pytest_plugin"'
        assert f"[project.entry-points.pytest11]\n{entry}\n" in project
