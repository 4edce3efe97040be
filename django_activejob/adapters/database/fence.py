"""The fence: a claim is ours while its row still shows our process and our claim number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django_activejob.adapters.database.changing import Choice


class Hold(NamedTuple):
    """A claim as its token names it: ``"<row id>:<claim number>"``."""

    id: int
    claim_number: int

    @property
    def token(self) -> str:
        """The claim's token."""
        return f"{self.id}:{self.claim_number}"


def hold_of(token: str) -> Hold | None:
    """The hold that a token names; None for a text that is no token of ours."""
    id, _, claim_number = token.partition(":")
    if not (id.isdecimal() and claim_number.isdecimal()):
        return None
    return Hold(id=int(id), claim_number=int(claim_number))


# Tokens are compared as texts: a list of those is hashed, a list of pairs is searched through.
_OURS = """
    SELECT {columns} FROM django_activejob_job
    WHERE id {among} AND state = 'running' AND process_id = %s
      AND {token} {among} {condition}
    ORDER BY id {lock}
"""


def still_held(process_id: str, holds: Sequence[Hold]) -> Choice:
    """Chooses, and locks by id, those of the holds that the process still has."""
    return _chosen("id", process_id, holds)


def still_held_to_run_on(process_id: str, holds: Sequence[Hold]) -> Choice:
    """``still_held`` without those that an operator has cancelled."""
    return _chosen("id", process_id, holds, condition="AND cancel_asked_at IS NULL")


def still_held_and_asked(process_id: str, holds: Sequence[Hold]) -> Choice:
    """``still_held``, and since when an operator wants them to end."""
    return _chosen("id, cancel_asked_at", process_id, holds)


def _chosen(columns: str, process_id: str, holds: Sequence[Hold], *, condition: str = "") -> Choice:
    ids, tokens = [hold.id for hold in holds], [hold.token for hold in holds]
    sql = _OURS.replace("{columns}", columns).replace("{condition}", condition)
    return Choice(sql=sql, parameters=(ids, process_id, tokens))
