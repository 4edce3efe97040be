"""Runs pytest on a small file, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run_pytest(
    folder: Path, text: str, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the tests in ``text`` with the given options, without Django."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    line\n    needs\n")
    (folder / "test_it.py").write_text(text)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"CI", "TEST_RUN", "PYTEST_ADDOPTS"}
    }
    # An inner run under coverage would write its figures among those of the outer one.
    inherited = {name: value for name, value in inherited.items() if not name.startswith("COV")}
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:randomly", *options]
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
