"""What every test has: services that are there or missed aloud, and the checklists."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests import services

pytest_plugins = ["tests.checklist_recording"]

MISSED: dict[str, tuple[str, list[str]]] = {}  # service → why it is missing, and the tests


def in_ci() -> bool:
    """Whether a missing service is a failure."""
    return os.environ.get("CI") == "true"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose service is missing; in CI fail it."""
    for name in _services_of(item):
        found = services.service(name)
        if found.url is None:
            _miss(item, name, found.reason or "unknown")


def _services_of(item: pytest.Item) -> Iterator[str]:
    for mark in item.iter_markers("needs"):
        yield from mark.args


def _miss(item: pytest.Item, name: str, reason: str) -> None:
    MISSED.setdefault(name, (reason, []))[1].append(item.nodeid)
    message = f"needs {name}: {reason}"
    if in_ci():
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the services whose tests did not run, and why."""
    for name, (reason, tests) in sorted(MISSED.items()):
        terminalreporter.section(f"{name}: tests that did not run: {len(tests)}")
        terminalreporter.line(reason)
