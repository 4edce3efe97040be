from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.core.management import call_command

from django_activejob.job import registry
from django_activejob.job.base import ActiveJob
from django_activejob.management.commands.startjob import Command

MakeApp = Callable[[str], Path]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> list[type[ActiveJob]]:
    """The job classes of the project; a test fills the list."""
    classes: list[type[ActiveJob]] = []
    monkeypatch.setattr(registry, "classes", lambda: classes)
    return classes


@pytest.fixture
def make_app(
    known: list[type[ActiveJob]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MakeApp:
    """Makes an app in a project that has none before; gives its folder."""
    monkeypatch.setattr(apps, "app_configs", OrderedDict())
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def make(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        monkeypatch.delitem(sys.modules, name, raising=False)
        config = AppConfig(name, import_module(name))
        monkeypatch.delitem(sys.modules, name)
        apps.app_configs[config.label] = config
        return folder

    return make


@pytest.fixture
def bakery(make_app: MakeApp) -> Path:
    """The folder of the only app."""
    return make_app("bakery")


def startjob(*arguments: str) -> str:
    """Runs the command; gives what it has printed."""
    output = StringIO()
    # Not by its name: Django looks that up among the apps, once for the whole process.
    call_command(Command(), *arguments, stdout=output)
    return output.getvalue()


def files_in(folder: Path) -> set[str]:
    """The paths of the files below a folder, without the first ``__init__.py``."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.py")}
    return found - {"__init__.py"}
