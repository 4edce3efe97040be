"""What one job costs us, without any store: ``python -m benchmarks.job_costs [--profile]``.

Prints CPU time of this process for each step, in microseconds, and as a multiple of
``json.dumps`` + ``json.loads`` of the same payload, measured in turns with it. The lowest of
many rounds is the figure: noise only ever adds.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import logging
import os
import pstats
import tempfile
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 40
CALLS = 500  # a round

Step = Callable[[], Any]


def main() -> None:
    """Measures every step, and shows where the time goes if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    options = parser.parse_args()
    _set_up()
    steps = _steps()
    _print(_measure(steps))
    if options.profile:
        for name in ("build + pack", "unpack + perform"):
            _profile(name, steps[name])


def _set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "testproject.settings"
    os.environ["DEMO_FOLDER"] = tempfile.mkdtemp()
    import django

    django.setup()
    logging.getLogger("django_activejob").setLevel(logging.WARNING)


def _steps() -> dict[str, Step]:
    from django_activejob import ActiveJob
    from django_activejob.adapters.test import TestAdapter
    from django_activejob.contracts import Envelope
    from django_activejob.job.execution import execute
    from django_activejob.job.packing import pack
    from testproject.working_it.models import Thought

    class NoopJob(ActiveJob):
        def perform(self, number: int, thought: Thought | None = None) -> None:
            pass

    class DroppingAdapter(TestAdapter):
        def enqueue(self, envelope: Envelope) -> None:
            pass

    adapter = DroppingAdapter()
    NoopJob.queue_adapter = adapter
    thought = Thought(pk=7)
    # The model argument is not decoded: that is a query, and the database's affair.
    envelope = pack(NoopJob(42))
    return {
        "json": lambda: json.loads(json.dumps(envelope.payload)),
        "build + pack": lambda: pack(NoopJob(42, thought)),
        "perform_later": lambda: NoopJob.perform_later(42, thought),
        "unpack + perform": lambda: execute(envelope, adapter=adapter),
    }


def _measure(steps: dict[str, Step]) -> dict[str, float]:
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            best[name] = min(best[name], _seconds(step))
    return best


def _seconds(step: Step) -> float:
    started = time.process_time()
    for _ in range(CALLS):
        step()
    return (time.process_time() - started) / CALLS


def _print(best: dict[str, float]) -> None:
    print(f"{'step':<18}{'µs':>8}{'× json':>10}")
    for name, seconds in best.items():
        print(f"{name:<18}{seconds * 1e6:>8.1f}{seconds / best['json']:>10.2f}")


def _profile(name: str, step: Step) -> None:
    print(f"\n{name}:")
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(20_000):
        step()
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(14)


if __name__ == "__main__":
    main()
