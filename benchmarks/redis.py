"""How fast the redis adapter is: ``python -m benchmarks.redis``.

Starts a Redis of its own (the program redis-server) that writes nothing to disk, and measures in
turns, several times: enqueue one by one, enqueue in bulk, drain with one worker process, the
delay between an enqueue and the start of its job, and the work of an idle worker. The bare
limits are a loop of LPUSH with redis-py, and one of RPOP and HDEL of hundreds.
Quote the ratios; the absolute figures belong to one machine and one hour.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

JOBS = 20_000


def main() -> None:
    """Starts a server, and measures in a process in which Django is set up for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--threads", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as url:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "BENCHMARK_DATABASE": '{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}',
            "BENCHMARK_REDIS": url,
            "BENCHMARK_DIARY": str(Path(folder) / "diary"),
        }
        numbers = map(str, (options.repeats, options.jobs, options.threads))
        command = [sys.executable, "-m", "benchmarks.redis_run", *numbers]
        subprocess.run(command, env=environment, check=True)  # noqa: S603 - our own program


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    program = shutil.which("redis-server") or sys.exit("redis-server is not installed.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)  # noqa: S603 - as said
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("redis-server does not start.")


if __name__ == "__main__":
    main()
