from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

# In a process of its own, because it configures logging for all.
PROGRAM = "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"


class TestLayers:
    def test_imports_go_down_only(self) -> None:
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            check=False,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

        assert ended.returncode == 0, ended.stdout + ended.stderr
