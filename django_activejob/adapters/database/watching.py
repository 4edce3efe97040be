"""Word of new jobs on SQLite: whether anybody has written, which costs next to nothing to ask.

It only shortens the rest between two looks; what is not noticed is found by looking.
"""

from __future__ import annotations

from typing import Any

from django_activejob.adapters.database.store import Store


class Watch:
    """Notices what other connections write, in this process or another; used by one thread.

    State: ``_version``, SQLite's number for what the connection saw when it was last asked.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version: int | None = None

    def has_news(self) -> bool:
        """Whether another connection has written since the last call.

        Raises:
            Exception: as sqlite3 does, when the database cannot be read.
        """
        before, self._version = self._version, self._version_now()
        return before is not None and before != self._version

    def _version_now(self) -> int:
        connection: Any = self._store.connection
        connection.ensure_connection()
        # Below Django's cursor: this is asked a hundred times a second, and no query.
        [version] = connection.connection.execute("PRAGMA data_version").fetchone()
        return int(version)
