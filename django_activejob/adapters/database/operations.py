"""What our migrations do besides making tables."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from typing_extensions import override


class ExactTexts(Operation):
    """Makes a table tell upper from lower case, and hold any character, on MySQL and MariaDB.

    Their usual collations take "Mail" and "mail" for the same queue, "a" and "a " too.

    Args:
        table: the name of a table with texts; columns that later migrations add to it are
            exact as well.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    @override
    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing that models know of."""

    @override
    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Converts the table."""
        connection: Any = schema_editor.connection
        if connection.vendor != "mysql":
            return
        collation = "utf8mb4_nopad_bin" if connection.mysql_is_mariadb else "utf8mb4_0900_bin"
        schema_editor.execute(
            f"ALTER TABLE {schema_editor.quote_name(self.table)} "
            f"CONVERT TO CHARACTER SET utf8mb4 COLLATE {collation}"
        )

    @override
    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Leaves the table as it is: an exact text is right everywhere."""

    @override
    def describe(self) -> str:
        """For people."""
        return f"Compare the texts of {self.table} exactly, where the engine does not"


class AddIndexBeside(AddIndex):
    """``AddIndex`` for a table that is in use: on PostgreSQL it keeps nobody from writing.

    For migrations after the first release; the migration has to say ``atomic = False``. The
    other engines make indexes beside the traffic by themselves, or have no traffic to speak of.
    """

    @override
    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Makes the index."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        editor: Any = schema_editor
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            editor.add_index(model, self.index, concurrently=True)

    @override
    def describe(self) -> str:
        """For people."""
        return f"{super().describe()}, beside the traffic"
