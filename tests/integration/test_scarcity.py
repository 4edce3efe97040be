"""Connections, disks and files run short; jobs are not lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.waiting import until

from .harness import Project
from .stores import PostgreSQLStore

MEGABYTES = 24


class TestConnections:
    @pytest.mark.line("RQ-049")
    def test_too_few_of_them_cost_no_job(self, server_project: Project) -> None:
        project = server_project
        store: Any = project.store
        common = store.as_common_user(project.database, connections=2)
        project.run_with(common)
        project.console.enqueue("NoteJob", *([number, 0.02] for number in range(60)))
        run = project.runjobs("--processes", "2", "--threads", "2")
        until(lambda: "fails and is tried again until it works" in run.log)
        store.allow_connections(common, 50)
        until(lambda: project.console.counts() == {"finished": 60})
        assert set(project.count("start").values()) == {1}
        assert "Traceback" not in run.log


@pytest.fixture
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of a few megabytes, for who may mount one."""
    place = tmp_path_factory.mktemp("disk")
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take all the room that is left."""
    rubbish = place / "rubbish"
    with rubbish.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 65_536)
                file.flush()
        except OSError:
            return rubbish


def long_arguments(numbers: range) -> list[list[Any]]:
    return [[number, 0.0, "x" * 4000] for number in numbers]


class TestDisk:
    @pytest.fixture
    def cramped_project(
        self, own_postgres: services.PrivatePostgres, small_disk: Path, tmp_path: Path
    ) -> Iterator[Project]:
        """A project whose tables lie on a small disk."""
        store = PostgreSQLStore(own_postgres.url)
        database = store.make(template=None)
        project = Project(tmp_path, database, store=store)
        project.console.migrate()
        project.close()
        if os.geteuid() == 0:
            shutil.chown(small_disk, "postgres")
            small_disk.parent.chmod(0o755)
            small_disk.parent.parent.chmod(0o755)
        store.move_to(database, small_disk)
        project = Project(tmp_path, database, store=store)
        try:
            yield project
        finally:
            project.close()
            (small_disk / "rubbish").unlink(missing_ok=True)
            store.remove_with_place(database, small_disk)

    @pytest.mark.needs("postgres")
    @pytest.mark.line("RQ-051")
    def test_a_full_one_of_the_server_is_waited_for(
        self, cramped_project: Project, small_disk: Path
    ) -> None:
        project = cramped_project
        project.console.enqueue("NoteJob", *long_arguments(range(200)))
        rubbish = fill(small_disk)
        more = long_arguments(range(900, 930))
        # There may be room in the pages that are there already.
        told = until(lambda: project.console.ask("try_enqueue", "NoteJob", more))
        assert told[0] == "AdapterUnavailable"
        assert "No space left on device" in told[1]
        run = project.runjobs("--threads", "2")
        until(lambda: "fails and is tried again until it works" in run.log)
        rubbish.unlink()
        until(lambda: project.has_ended(range(200)))
        until(lambda: set(project.console.counts()) == {"finished"})
        starts = project.count("start")
        assert {starts[number] for number in range(200)} == {1}

    @pytest.mark.line("RQ-051")
    def test_a_full_one_under_sqlite_is_waited_for(
        self, sqlite_project: Project, small_disk: Path
    ) -> None:
        project = sqlite_project
        place = small_disk / "db.sqlite3"
        shutil.copy(project.database["NAME"], place)
        project.database["NAME"] = str(place)
        project.console.enqueue("NoteJob", *([number, 0.01] for number in range(100)))
        run = project.runjobs("--threads", "2")
        until(lambda: len(project.count("end")) > 10)
        rubbish = fill(small_disk)
        until(lambda: "fails and is tried again until it works" in run.log)
        rubbish.unlink()
        until(lambda: project.console.counts() == {"finished": 100})
        assert set(project.count("start").values()) == {1}


class TestOneFile:
    @pytest.mark.line("RQ-066")
    def test_workers_scripts_and_schedules_share_it_without_an_error(
        self, sqlite_project: Project
    ) -> None:
        project = sqlite_project
        project.settings["RECURRING"] = {
            "often": {"job": "work.NoteJob", "every": 1, "args": [999_999]}
        }
        runs = [project.runjobs("--processes", "2", "--threads", "3") for _ in range(2)]
        for run in runs:
            run.until_ready(children=3)
        writers = [
            project.start_act("enqueue_for_a_while", first, 8.0) for first in (0, 100_000, 200_000)
        ]
        numbers = [int(writer.communicate(timeout=60)[0]) for writer in writers]
        assert [writer.returncode for writer in writers] == [0, 0, 0]
        expected = {
            first + place
            for first, number in zip((0, 100_000, 200_000), numbers, strict=True)
            for place in range(number)
        }
        until(lambda: project.has_ended(expected))
        starts = project.count("start")
        assert {starts[number] for number in expected} == {1}
        for run in runs:
            assert "locked" not in run.log
            assert "ERROR" not in run.log
