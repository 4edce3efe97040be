"""A job that is about to be made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.apps import AppConfig

from .names import JobName
from .parents import Parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that the person has asked for."""

    app: AppConfig
    name: JobName
    queue: str
    parent: Parent

    @property
    def folder(self) -> Path:
        """The app's own."""
        return Path(self.app.path)

    @property
    def module(self) -> str:
        """What the job's class is imported from."""
        return ".".join((self.app.name, "jobs", *self.name.namespace, self.name.module))
