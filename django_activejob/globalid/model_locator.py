"""Finds the model instances of this project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import Model

from django_activejob.errors import InvalidGlobalID
from django_activejob.globalid import naming
from django_activejob.globalid.gid import GlobalID


class ModelLocator:
    """Looks ids up in the tables of this project, with one query for each model and database.

    It reads past default managers, so that a job finds what they hide, and where the
    model is written, for a replica may not have the row yet.
    """

    def model_class(self, gid: GlobalID) -> type[Model]:
        """The model of an installed app that has the id's name.

        Raises:
            LookupError: there is none.
        """
        return naming.model_of(gid.model_name)

    def locate_many(
        self, gids: Iterable[GlobalID], *, includes: Sequence[str] = ()
    ) -> Mapping[GlobalID, Any]:
        """The instances that there are.

        Args:
            includes: what ``prefetch_related`` takes.

        Raises:
            LookupError: an id names no model of this project.
            InvalidGlobalID: an id does not fit its model's primary key.
        """
        groups: dict[tuple[type[Model], str], list[GlobalID]] = defaultdict(list)
        for gid in gids:
            model = self.model_class(gid)
            groups[model, _alias(gid, model)].append(gid)
        found: dict[GlobalID, Any] = {}
        for (model, alias), group in groups.items():
            keys = {gid: primary_key(gid, model) for gid in group}
            rows = _rows(model, alias, list(keys.values()), includes)
            found.update({gid: rows[key] for gid, key in keys.items() if key in rows})
        return found


def primary_key(gid: GlobalID, model: type[Model]) -> Any:
    """The primary key that an id holds as text; a tuple for a composite one.

    Raises:
        InvalidGlobalID: it has another number of parts than the key, or a part does not fit.
    """
    fields = model._meta.pk_fields
    if len(fields) != len(gid.id_parts):
        raise InvalidGlobalID(
            f"{gid}: the primary key of {model._meta.label} has {len(fields)} parts, "
            f"not {len(gid.id_parts)}."
        )
    try:
        values = tuple(
            field.to_python(part) for field, part in zip(fields, gid.id_parts, strict=True)
        )
    except (ValidationError, ValueError, TypeError) as error:
        raise InvalidGlobalID(f"{gid}: not a primary key of {model._meta.label}.") from error
    return values if len(fields) > 1 else values[0]


def _rows(
    model: type[Model], alias: str, keys: Sequence[Any], includes: Sequence[str]
) -> dict[Any, Model]:
    rows = model._base_manager.using(alias).prefetch_related(*includes)
    if len(keys) == 1:
        return {row.pk: row for row in rows.filter(pk=keys[0])}
    return rows.in_bulk(keys)  # several queries where the database limits their parameters


def _alias(gid: GlobalID, model: type[Model]) -> str:
    return gid.params.get("using") or router.db_for_write(model)
