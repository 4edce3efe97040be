"""How much room the tables take and waste, as far as the engine tells it cheaply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django_activejob.adapters.database.store import Store

_POSTGRESQL: Final = """
    SELECT pg_total_relation_size('django_activejob_job'),
           pg_total_relation_size('django_activejob_attempt'),
           pg_stat_get_dead_tuples('django_activejob_job'::regclass)
"""
_MYSQL: Final = """
    SELECT SUM(CASE WHEN table_name = 'django_activejob_job' THEN data_length + index_length END),
           SUM(CASE WHEN table_name = 'django_activejob_attempt'
               THEN data_length + index_length END)
    FROM information_schema.tables WHERE table_schema = DATABASE()
"""
# SQLite knows the size of the whole file alone.
_SQLITE: Final = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
_STATEMENTS: Final = {"postgresql": _POSTGRESQL, "mysql": _MYSQL, "sqlite": _SQLITE}
# Dead rows: what autovacuum has not taken away yet, and claims have to pass.
_NAMES: Final = ("jobs_bytes", "attempts_bytes", "dead_rows")


def sizes(store: Store) -> Mapping[str, int]:
    """The bytes of the tables with their indexes; with SQLite those of the whole file.

    On PostgreSQL also the dead rows among the jobs.
    """
    statement = _STATEMENTS[store.connection.vendor]
    [row] = store.run(lambda: store.rows(statement))
    return {name: int(size or 0) for name, size in zip(_NAMES, row, strict=False)}
