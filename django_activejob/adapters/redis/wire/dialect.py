"""Which of Sidekiq's forms is written; all of them are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

OLD_WRAPPER: Final = "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper"
"""Active Job's class for its jobs; performed by every version of Sidekiq from 6.0 to 8.1."""

NEW_WRAPPER: Final = "Sidekiq::ActiveJob::Wrapper"
"""The same since Sidekiq 8, which is the only one to perform it."""

WRAPPERS: Final = frozenset({OLD_WRAPPER, NEW_WRAPPER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The forms in which an adapter writes.

    ``times``: "7" for seconds with a fraction, as Sidekiq up to 7 writes and all versions read;
    "8" for whole milliseconds. ``retry``: how often Sidekiq, or we in its place, perform a job
    again that failed; 0 for never. It is what jobs get that say nothing themselves.
    """

    times: Literal["7", "8"] = "7"
    wrapper: str = OLD_WRAPPER
    retry: int | bool = 0
