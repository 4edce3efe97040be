"""What happens between two jobs in a thread: the next one finds clean connections."""

from __future__ import annotations

import logging

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from django_activejob.contracts import Claim

from . import sessions

logger = logging.getLogger(__name__)


def clean_after(claim: Claim) -> None:
    """Undoes what a job has left on its thread's connections; never raises.

    An open transaction is rolled back, a connection is closed whose session the job has
    changed, or that had errors and does not answer, and the query log of DEBUG is emptied.
    """
    try:
        for connection in connections.all(initialized_only=True):
            _clean(connection, claim)
    except Exception:
        logger.exception("%s: its database connections could not be cleaned up.", _name(claim))
        connections.close_all()


def clean_for_good(claim: Claim) -> None:
    """Undoes what a job has left on connections of a thread that ends with it; never raises."""
    clean_after(claim)
    connections.close_all()


def check_after_rest() -> None:
    """Closes connections that do not answer any more, before a job meets them; never raises."""
    try:
        for connection in connections.all(initialized_only=True):
            if connection.connection is not None and not connection.is_usable():
                connection.close()
    except Exception:
        logger.exception("Idle database connections could not be checked.")
        connections.close_all()


def close_idle() -> None:
    """Closes the connections of a thread that has had nothing to do for long."""
    connections.close_all()


def _clean(connection: BaseDatabaseWrapper, claim: Claim) -> None:
    if connection.connection is not None:
        if _has_open_transaction(connection):
            _roll_back(connection, claim)
        elif sessions.is_changed(connection):
            # Its settings and temporary tables were the job's, not the next one's.
            connection.close()
        else:
            _close_if_unusable(connection)
    if connection.queries_logged:
        connection.queries_log.clear()


def _has_open_transaction(connection: BaseDatabaseWrapper) -> bool:
    return connection.in_atomic_block or (
        connection.get_autocommit() != connection.settings_dict["AUTOCOMMIT"]
    )


def _roll_back(connection: BaseDatabaseWrapper, claim: Claim) -> None:
    logger.warning(
        "%s: left a transaction open on the database %r; it has been rolled back.",
        _name(claim),
        connection.alias,
    )
    # Inside a block that nobody will leave, close() would keep the connection for the
    # rollback that never comes.
    connection.in_atomic_block = False
    connection.close()


def _close_if_unusable(connection: BaseDatabaseWrapper) -> None:
    # A CONN_MAX_AGE of 0 means "until the request ends"; connecting anew for every job
    # would cost more than most jobs. Threads at rest close their connections instead.
    # To a pool a connection is given back: that costs next to nothing, and others want it.
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close()
    elif not connection.settings_dict["CONN_MAX_AGE"]:
        connection.close_at = None
    connection.close_if_unusable_or_obsolete()


def _name(claim: Claim) -> str:
    if claim.envelope is None:
        return f"Claim {claim.token}"
    payload = claim.envelope.payload
    return f"{payload['job_class']} ({payload['job_id']})"
