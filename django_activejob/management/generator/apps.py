"""The app that a job is made in."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.core.management.base import CommandError

_NOT_THE_PROJECT = {"django", "django_activejob"}
_INSTALLED = {"site-packages", "dist-packages"}


def app_named(name: str | None) -> AppConfig:
    """The installed app with a label or a dotted name; None means the project's only app.

    Raises:
        CommandError: there is none, or there are several to choose from.
    """
    if name is None:
        return _only_app()
    for app in apps.get_app_configs():
        if name in (app.label, app.name):
            return app
    raise CommandError(f"There is no app {name!r} in INSTALLED_APPS. {_choice()}")


def _only_app() -> AppConfig:
    found = _of_the_project()
    if len(found) != 1:
        raise CommandError(f"Say in which app: startjob APP NAME. {_choice()}")
    return found[0]


def _choice() -> str:
    labels = ", ".join(sorted(app.label for app in _of_the_project()))
    return f"The apps of this project: {labels}." if labels else "This project has no app yet."


def _of_the_project() -> list[AppConfig]:
    return [app for app in apps.get_app_configs() if _is_of_the_project(app)]


def _is_of_the_project(app: AppConfig) -> bool:
    package = app.name.partition(".")[0]
    return package not in _NOT_THE_PROJECT and not _INSTALLED.intersection(_parts_of(app))


def _parts_of(app: AppConfig) -> set[str]:
    return set(str(app.path).replace("\\", "/").split("/"))
