"""running → running, to end soon: an operator has cancelled jobs."""

from __future__ import annotations

from django_activejob.adapters.database.changing import Change, Choice, change
from django_activejob.adapters.database.store import Store

_ASKED = Change(sql="cancel_asked_at = {now}")


def request_cancel(store: Store, choice: Choice) -> int:
    """Asks the running jobs of a choice, which locks them, to end; says how many.

    The request is a fact of the claim: their processes are told with each beat, and whoever
    ends the claim sees it under the same lock. So it is lost with no crash and no release.
    """
    return len(change(store, choice, _ASKED))
