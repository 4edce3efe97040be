from __future__ import annotations

from pathlib import Path

import pytest

from tests import checklist
from tests.checklist import Outcome, Result

LIST = """\
# Swimming

- **SW-001** dives
- **SW-002** floats (n/a: made of stone)
- **SW-003** paddles (optional)
not a line
"""


def outcome(test: str, result: str, *lines: str) -> Outcome:
    return Outcome(test=test, result=result, lines=lines)


def results(*outcomes: Outcome) -> dict[str, Result]:
    standings = checklist.judge({"swimming": checklist.read_list(LIST)}, outcomes)
    return {standing.line.number: standing.result for standing in standings["swimming"]}


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one list and no test run."""
    folder = tmp_path / "tests" / "checklists"
    folder.mkdir(parents=True)
    (folder / "swimming.md").write_text(LIST)
    monkeypatch.setattr(checklist, "ROOT", tmp_path)
    monkeypatch.setattr(checklist, "LISTS", folder)
    return folder


@pytest.fixture
def run(lists: Path) -> Path:
    """Where that project keeps its last test run."""
    return lists.parent.parent / checklist.LAST_RUN


class TestLists:
    def test_a_line_has_a_number_and_a_statement(self) -> None:
        line = checklist.read_list(LIST)[0]

        assert (line.number, line.statement) == ("SW-001", "dives")

    def test_a_reason_marks_what_does_not_apply(self) -> None:
        line = checklist.read_list(LIST)[1]

        assert (line.statement, line.not_applicable) == ("floats", "made of stone")

    def test_optional_lines_are_marked(self) -> None:
        line = checklist.read_list(LIST)[2]

        assert (line.statement, line.is_optional) == ("paddles", True)

    def test_a_number_may_not_stand_twice(self, lists: Path) -> None:
        (lists / "diving.md").write_text("- **SW-001** sinks\n")

        with pytest.raises(ValueError, match="numbers that stand twice: SW-001"):
            checklist.read_lists(lists)

    def test_ours_have_their_lines(self) -> None:
        ours = checklist.read_lists(checklist.LISTS)

        sizes = {name: len(lines) for name, lines in ours.items()}
        assert sizes == {"conformance": 913, "reliability": 250, "dashboards": 114}


class TestResults:
    def test_a_line_without_a_test_is_open(self) -> None:
        assert results()["SW-001"] == "open"

    def test_a_line_that_does_not_apply_is_not_open(self) -> None:
        assert results()["SW-002"] == "n/a"

    def test_one_failing_test_fails_the_line(self) -> None:
        outcomes = outcome("a", "passed", "SW-001"), outcome("b", "failed", "SW-001")

        assert results(*outcomes)["SW-001"] == "failed"

    def test_a_skipped_test_beside_one_that_passed_does_not_count(self) -> None:
        outcomes = outcome("a", "skipped", "SW-001"), outcome("b", "passed", "SW-001")

        assert results(*outcomes)["SW-001"] == "passed"

    def test_a_line_with_only_skipped_tests_is_skipped(self) -> None:
        assert results(outcome("a", "skipped", "SW-001"))["SW-001"] == "skipped"

    def test_one_test_may_prove_several_lines(self) -> None:
        both = results(outcome("a", "passed", "SW-001", "SW-003"))

        assert (both["SW-001"], both["SW-003"]) == ("passed", "passed")


@pytest.mark.usefixtures("lists")
class TestCommand:
    def test_prints_each_line_with_its_tests(
        self, run: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        checklist.write_run(run, [outcome("test_a.py::test_dives", "passed", "SW-001")])

        status = checklist.main([])

        assert status == 0
        assert capsys.readouterr().out.splitlines() == [
            "SW-001  passed   dives",
            "                 test_a.py::test_dives",
            "SW-002  n/a      floats",
            "                 n/a: made of stone",
            "SW-003  open     paddles (optional)",
            "swimming: 3 lines: 1 passed, 0 failed, 0 skipped, 1 open, 1 n/a",
        ]

    def test_totals_are_one_line_a_list(self, capsys: pytest.CaptureFixture[str]) -> None:
        checklist.main(["--totals"])

        expected = "swimming: 3 lines: 0 passed, 0 failed, 0 skipped, 2 open, 1 n/a\n"
        assert capsys.readouterr().out == expected

    def test_an_unknown_list_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            checklist.main(["flying"])

        assert "invalid choice: 'flying'" in capsys.readouterr().err

    @pytest.mark.parametrize("result", ["failed", "skipped"])
    def test_a_line_that_no_longer_passes_is_an_error(
        self, lists: Path, run: Path, capsys: pytest.CaptureFixture[str], result: str
    ) -> None:
        checklist.write_passed(lists / "passed.txt", ["SW-001"])
        checklist.write_run(run, [outcome("a", result, "SW-001")])

        status = checklist.main(["--totals"])

        assert status == 1
        printed = capsys.readouterr().out
        assert "Lines that passed before and do not pass in the last run: 1" in printed
        assert f"  SW-001  {result:<7}  dives" in printed

    def test_a_line_that_lost_its_test_is_an_error(self, lists: Path) -> None:
        checklist.write_passed(lists / "passed.txt", ["SW-001"])

        assert checklist.main([]) == 1

    def test_a_line_that_left_the_lists_is_an_error(
        self, lists: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        checklist.write_passed(lists / "passed.txt", ["SW-009"])

        assert checklist.main([]) == 1
        expected = "  SW-009  open     stands in no list any more"
        assert expected in capsys.readouterr().out

    def test_accept_keeps_what_passes_and_forgets_nothing(self, lists: Path, run: Path) -> None:
        checklist.write_passed(lists / "passed.txt", ["SW-003"])
        checklist.write_run(run, [outcome("a", "passed", "SW-001")])

        checklist.main(["--accept"])

        assert (lists / "passed.txt").read_text() == "SW-001\nSW-003\n"
