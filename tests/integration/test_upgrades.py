"""Code and tables of different ages."""

from __future__ import annotations

import pytest

from tests.waiting import until

from .harness import Project


class TestTablesThatAreNotThere:
    @pytest.mark.line("RQ-244")
    def test_runjobs_says_so_and_works_as_soon_as_they_are(self, sqlite_project: Project) -> None:
        project = sqlite_project
        project.database["NAME"] = str(project.folder / "new.sqlite3")
        told = project.console.ask("try_enqueue", "NoteJob", [[1]])
        assert told[0] == "AdapterUnavailable"
        assert "has `manage.py migrate --database=default` been run?" in told[1]
        run = project.runjobs()
        until(lambda: "has `manage.py migrate --database=default` been run?" in run.log)
        assert "Traceback" not in run.log
        project.console.migrate()
        run.until_ready()
        project.console.enqueue("NoteJob", [2])
        until(lambda: project.has_ended([2]))
