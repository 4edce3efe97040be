"""Word of new jobs on PostgreSQL: NOTIFY by who enqueues, LISTEN by idle sources.

It only shortens the rest between two looks; what is not heard is found by looking.
"""

from __future__ import annotations

import contextlib
from typing import Any

from django.db import connections

from django_activejob.adapters.database.store import Store
from django_activejob.errors import AdapterUnavailable

# Channels belong to one database, as the table does.
CHANNEL = "django_activejob_job"

# For a list of columns, where it costs no way to the server. An inner SELECT that knows no
# row is made once, however many rows there are, and not at all when there are none.
NOTIFYING = f"(SELECT pg_notify('{CHANNEL}', '') IS NULL)"

_NOTIFY = f"SELECT pg_notify('{CHANNEL}', '')"
_LISTEN = f"LISTEN {CHANNEL}"

# A host that is gone without a word is noticed after about 25 seconds.
_KEEP_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


def notify(store: Store) -> None:
    """Tells idle sources to look, when the caller's transaction commits."""
    if store.notifies:
        store.run(lambda: store.rows(_NOTIFY))


def notify_after_all(store: Store) -> None:
    """``notify`` of what has been committed already, of which it must not look like an error."""
    with contextlib.suppress(AdapterUnavailable):
        notify(store)


class Line:
    """A connection of its own that listens; used by one thread. Needs psycopg 3.

    ``end`` is the descriptor of the socket to wait for.

    Raises:
        Exception: any method, as psycopg does, when the connection is broken.
    """

    def __init__(self, store: Store) -> None:
        import psycopg

        parameters: dict[str, Any] = connections[store.alias].get_connection_params()
        parameters.pop("cursor_factory", None)  # Django's is made for a connection of Django's
        self._connection = psycopg.connect(**{**_KEEP_ALIVE, **parameters}, autocommit=True)
        self._connection.execute(_LISTEN)
        self.end = self._connection.fileno()

    def hear(self) -> bool:
        """Takes in what has been said; to be called when there is something to read.

        Returns:
            Whether it was word of new jobs; a server has other things to say too.
        """
        wire = self._connection.pgconn
        wire.consume_input()
        words = 0
        while wire.notifies():
            words += 1
        return words > 0

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()


def can_listen(store: Store) -> bool:
    """Whether the alias has words for waiting sources, and a driver that hears them."""
    if not store.notifies:
        return False
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    return is_psycopg3
