"""Runs the demo: ``python -m testproject.demo [--once]``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Starts the demo for a person, or takes the tour without one."""
    options = _parser().parse_args()
    # Whatever ends the demo ends its programs too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ["DJANGO_SETTINGS_MODULE"] = "testproject.settings"
    if options.once:
        with tempfile.TemporaryDirectory(prefix="activejob-demo-") as folder:
            os.environ.update(DEMO_FOLDER=folder, DEMO_WEB_LOG="WARNING")
            return _tour()
    return _stay(options.port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="A small site that sends its mail in the background.",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="take the tour without a person: every step is printed with its time, and the exit "
        "status is 0 only if everything happened",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8000,
        help="of the web server (default 8000, or the next free one)",
    )
    return parser


def _tour() -> int:
    # Imported late: the settings read the folder when they are loaded.
    from testproject.demo.tour import take_the_tour

    return take_the_tour()


def _stay(port: int) -> int:
    from testproject.demo.site import Site
    from testproject.settings import FOLDER

    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    site = Site(port=port)
    site.prepare()
    with site:
        print(site.welcome(), flush=True)
        return site.wait()


if __name__ == "__main__":
    sys.exit(main())
