"""What `ps` shows."""

from __future__ import annotations

import sys
from unittest.mock import Mock

import pytest

from django_activejob.runtime.configuration import ProcessPlan, Timing, WorkerPlan
from django_activejob.runtime.titles import show, title_of


def plan(worker: WorkerPlan | None) -> ProcessPlan:
    return ProcessPlan(name="some-1", worker=worker, chores_for=(), timing=Timing())


class TestTitle:
    def test_names_the_process_and_its_queues(self) -> None:
        worker = WorkerPlan(adapter="fake", queues=("critical", "mail*"), threads=1)
        assert title_of(plan(worker)) == "runjobs some-1: critical, mail*"
        assert title_of(plan(None)) == "runjobs some-1"

    def test_is_shown_where_the_package_is_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        package = Mock()
        monkeypatch.setitem(sys.modules, "setproctitle", package)
        show("runjobs some-1")
        package.setproctitle.assert_called_once_with("runjobs some-1")

    def test_is_left_alone_where_it_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "setproctitle", None)
        show("runjobs some-1")
