"""A pytest plugin: what each test that proves numbered lines came to, kept for the checklists."""

from __future__ import annotations

import pytest

from tests.checklist import LAST_RUN, LISTS, Outcome, read_lists, write_run


def pytest_configure(config: pytest.Config) -> None:
    """Record this run."""
    config.pluginmanager.register(Recording(config), "checklist-recording")


class Recording:
    """The outcomes of this run's tests; written to .checklist/last-run.json at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._path = config.rootpath / LAST_RUN
        self._is_dry = config.option.collectonly
        self._lines: dict[str, tuple[str, ...]] = {}
        self._results: dict[str, str] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Learn the lines of a test."""
        lines = lines_of(item)
        if lines:
            self._lines[item.nodeid] = lines

    def pytest_collection_modifyitems(self) -> None:
        """Refuse numbers that no list has."""
        known = {line.number for lines in read_lists(LISTS).values() for line in lines}
        unknown = {
            test: sorted(set(lines) - known)
            for test, lines in self._lines.items()
            if set(lines) - known
        }
        if unknown:
            raise pytest.UsageError(*(_complaint(test, lines) for test, lines in unknown.items()))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a phase of a test ended; the worst phase counts."""
        if report.nodeid not in self._lines:
            return
        if report.outcome != "passed" or report.when == "call":
            self._results.setdefault(report.nodeid, report.outcome)
        if report.failed:
            self._results[report.nodeid] = "failed"

    def pytest_sessionfinish(self) -> None:
        """Keep the outcomes."""
        if not self._is_dry:
            write_run(self._path, self._outcomes())

    def _outcomes(self) -> list[Outcome]:
        return [
            Outcome(test=test, result=result, lines=self._lines[test])
            for test, result in self._results.items()
        ]


def lines_of(item: pytest.Item) -> tuple[str, ...]:
    """The numbers in a test's ``line`` marks, its class's and its module's included."""
    numbers = {number for mark in item.iter_markers("line") for number in mark.args}
    return tuple(sorted(numbers))


def _complaint(test: str, numbers: list[str]) -> str:
    return f"{test}: no checklist has the line {', '.join(numbers)}; see tests/checklists"
