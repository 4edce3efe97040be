"""Indexes of the jobs in some states: partial where the engine can, else led by the state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import Q
from typing_extensions import override


class StateIndex(models.Index):
    """An index of the jobs in one state, or in some.

    MySQL and MariaDB know no partial indexes, and Django leaves those out there with a
    warning; they get an index of all jobs with the state in front.

    Args:
        state: the state of the jobs in it, or a tuple of states.
        besides: what a query has to say too, for this index to serve it.
    """

    def __init__(
        self,
        *,
        state: str | tuple[str, ...],
        fields: Sequence[str],
        name: str,
        besides: Q | None = None,
    ) -> None:
        super().__init__(fields=fields, name=name)
        self.state = state
        self.besides = besides

    @override
    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """How a migration writes it."""
        path, arguments, options = super().deconstruct()
        options["state"] = self.state
        if self.besides is not None:
            options["besides"] = self.besides
        return path, arguments, options

    @override
    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **options: Any,
    ) -> Statement:
        """The statement that makes it on the engine at hand."""
        can_be_partial = schema_editor.connection.features.supports_partial_indexes
        index = self._partial() if can_be_partial else self._led_by_state()
        return index.create_sql(model, schema_editor, using, **options)

    def _partial(self) -> models.Index:
        one = isinstance(self.state, str)
        condition = Q(state=self.state) if one else Q(state__in=self.state)
        if self.besides is not None:
            condition &= self.besides
        return models.Index(fields=self.fields, name=self.name, condition=condition)

    def _led_by_state(self) -> models.Index:
        return models.Index(fields=["state", *self.fields], name=self.name)
