from __future__ import annotations

from pathlib import Path

from tests.checklist import LAST_RUN, read_run
from tests.furniture.inner_run import run_pytest

PLUGIN = ("-p", "tests.checklist_recording")

TESTS = """
import pytest

@pytest.fixture
def breaks_at_the_end():
    yield
    raise RuntimeError

@pytest.mark.line("AJ-008")
def test_passes():
    pass

@pytest.mark.line("AJ-009", "AJ-010")
def test_fails():
    assert False

@pytest.mark.line("AJ-011")
@pytest.mark.skip(reason="tired")
def test_skips():
    pass

@pytest.mark.line("AJ-012")
def test_breaks(breaks_at_the_end):
    pass

def test_without_a_mark():
    pass

@pytest.mark.line("AJ-013")
class TestClass:
    @pytest.mark.line("AJ-014")
    def test_method(self):
        pass
"""


class TestRecording:
    def test_keeps_how_each_marked_test_ended(self, tmp_path: Path) -> None:
        run_pytest(tmp_path, TESTS, *PLUGIN)

        outcomes = {kept.test: (kept.result, kept.lines) for kept in read_run(tmp_path / LAST_RUN)}
        assert outcomes == {
            "test_it.py::test_passes": ("passed", ("AJ-008",)),
            "test_it.py::test_fails": ("failed", ("AJ-009", "AJ-010")),
            "test_it.py::test_skips": ("skipped", ("AJ-011",)),
            "test_it.py::test_breaks": ("failed", ("AJ-012",)),
            "test_it.py::TestClass::test_method": ("passed", ("AJ-013", "AJ-014")),
        }

    def test_collecting_alone_keeps_nothing(self, tmp_path: Path) -> None:
        run_pytest(tmp_path, TESTS, *PLUGIN, "--collect-only")

        assert not (tmp_path / LAST_RUN).exists()

    def test_an_unknown_number_stops_the_run(self, tmp_path: Path) -> None:
        text = "import pytest\n@pytest.mark.line('AJ-999')\ndef test_it(): pass\n"

        ended = run_pytest(tmp_path, text, *PLUGIN)

        assert ended.returncode == 4
        assert "test_it.py::test_it: no checklist has the line AJ-999" in ended.stderr
