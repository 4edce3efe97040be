"""The class that a new job inherits from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import AppConfig
from django.core.management.base import CommandError

from django_activejob import conf
from django_activejob.job import registry
from django_activejob.job.base import ActiveJob

from .names import camel_case

APPLICATION_JOB = "ApplicationJob"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A class, by the module that it is imported from and its name there."""

    module: str
    name: str


def parent_named(text: str, *, app: AppConfig) -> Parent:
    """Finds the parent of a new job.

    Args:
        text: the name of a class (snake_case will do), its name in payloads, or its dotted
            path; ApplicationJob need not exist.
        app: whose own classes come before those of others.

    Raises:
        CommandError: there is no such class, or there are several.
    """
    wanted = camel_case(text) if text.islower() and "." not in text else text
    found = [job_class for job_class in _classes() if wanted in _names_of(job_class)]
    if not found and wanted == APPLICATION_JOB:
        return Parent(module=f"{app.name}.jobs.application_job", name=APPLICATION_JOB)
    if not found:
        known = [job_class.__name__ for job_class in _classes()]
        raise CommandError(f"There is no job class {wanted}. {conf.nearest(wanted, known)}")
    own = [job_class for job_class in found if job_class.__module__.startswith(f"{app.name}.")]
    return _only(own or found, wanted)


def application_job_exists() -> bool:
    """Whether some app of the project has an ApplicationJob."""
    return any(job_class.__name__ == APPLICATION_JOB for job_class in _classes())


def _only(found: list[type[ActiveJob]], wanted: str) -> Parent:
    if len(found) > 1:
        paths = ", ".join(sorted(map(_path_of, found)))
        raise CommandError(f"Several job classes are named {wanted}. Say --parent one of: {paths}.")
    (job_class,) = found
    if job_class is ActiveJob:
        return Parent(module="django_activejob", name="ActiveJob")
    return Parent(module=job_class.__module__, name=job_class.__qualname__)


def _classes() -> Iterator[type[ActiveJob]]:
    yield ActiveJob
    yield from (found for found in registry.classes() if "<locals>" not in found.__qualname__)


def _names_of(job_class: type[ActiveJob]) -> set[str]:
    return {job_class.__name__, registry.name_of(job_class), _path_of(job_class)}


def _path_of(job_class: type[ActiveJob]) -> str:
    return f"{job_class.__module__}.{job_class.__qualname__}"
