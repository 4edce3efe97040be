"""When, on which queue and how urgently mail is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict


class JobOptions(TypedDict, total=False):
    """What every function with ``later`` in its name takes beside what is sent.

    Keys:
        wait: seconds or a timedelta before it is sent.
        wait_until: the moment at which it is sent; wins over ``wait``.
        queue: None means the queue of the mailer, by default the setting MAIL_QUEUE_NAME.
        priority: smaller is sooner.
    """

    wait: float | timedelta | None
    wait_until: datetime | None
    queue: str | None
    priority: int | None
