"""A database router for jobs that live on an alias of their own.

In the settings: ``DATABASE_ROUTERS = ["django_activejob.adapters.database.router.JobsRouter"]``.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from django_activejob import handler
from django_activejob.adapters.database.adapter import DatabaseAdapter

APP_LABEL = "django_activejob"


class JobsRouter:
    """Sends our tables, and only ours, to the aliases that database adapters use.

    Where several do, the first of the settings is the one that is read by default.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """The alias of our models; no opinion about others."""
        return _home_of(model)

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        """The alias of our models; no opinion about others."""
        return _home_of(model)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Our tables are made on the aliases that are used, and nowhere else."""
        if app_label != APP_LABEL:
            return None
        return db in _homes()


def _home_of(model: type[Model]) -> str | None:
    if model._meta.app_label != APP_LABEL:
        return None
    return next(iter(_homes()), None)


def _homes() -> list[str]:
    """The aliases of all database adapters that the settings name; perhaps none."""
    adapters = [handler.adapter(alias) for alias in handler.aliases()]
    return [each.using for each in adapters if isinstance(each, DatabaseAdapter)]
