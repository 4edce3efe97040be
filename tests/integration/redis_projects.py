"""Projects whose jobs are in a Redis of their own, which tests kill and restart."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests import redis as redises
from tests.services import PrivateRedis
from tests.waiting import until

from .harness import QUICK, Project
from .stores import SQLiteStore


class RedisProject(Project):
    """A project with its own server; what ends well leaves nothing there but the diary."""

    def __init__(self, folder: Path, server: PrivateRedis) -> None:
        store = SQLiteStore(folder)
        super().__init__(folder, store.make(template=None), store=store)
        self.server = server
        self.use(server.url)

    def use(self, url: str) -> None:
        """Reach the server at this address, in what is started from now on."""
        self.caches = {"default": redises.cache(url)}
        self.settings = {"QUEUE_ADAPTER": "redis", **QUICK}

    def is_done(self, numbers: Iterable[int]) -> bool:
        """Whether all have ended and nothing is left; pauses after crashes are cut short."""
        self.console.dispatch()
        return self.has_ended(numbers) and self.console.counts() == {}

    def until_done(self, numbers: Iterable[int], *, within: float = 120.0) -> None:
        """Wait until all have ended and nothing is left."""
        wanted = list(numbers)
        until(lambda: self.is_done(wanted), within=within)
