from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


class TestJobs:
    def test_are_typed_by_their_perform(self) -> None:
        # Silent: what is wrong in the package itself is not this test's to say.
        ended = subprocess.run(
            [sys.executable, "-m", "mypy", "--follow-imports=silent", "tests/typing/performing.py"],
            check=False,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )

        assert ended.returncode == 0, ended.stdout + ended.stderr
