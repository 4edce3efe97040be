"""Jobs of every kind, as many as keep the workers busy."""

from __future__ import annotations

import random
import time
from typing import Any

from django.db import connections, transaction
from django.db.utils import DatabaseError, InterfaceError

from django_activejob import perform_all_later
from django_activejob.adapters.database.models import Job
from django_activejob.errors import ActiveJobError
from tests.integration.project.work import jobs

BACKLOG = 300
AT_ONCE = 40
LOOK_EVERY = 0.2  # seconds
FINAL = ("finished", "failed")

KINDS = (
    jobs.NoteJob,
    jobs.NoteJob,
    jobs.KeyedJob,
    jobs.KeyedJob,
    jobs.LuckyJob,
    jobs.PaymentJob,
    jobs.UniqueJob,
)


class Load:
    """Enqueues numbered jobs, and remembers which.

    ``sure`` are those whose enqueue came back, by the name of their class; of the ``unsure``
    it raised, so that they may be there or not; ``undone`` were rolled back.
    """

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._looked = 0.0
        self._number = 0
        self.sure: dict[int, str] = {}
        self.unsure: set[int] = set()
        self.undone: set[int] = set()

    def keep_up(self) -> None:
        """Enqueues some more when few are left."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        try:
            if Job.objects.exclude(state__in=FINAL).count() < BACKLOG:
                self._enqueue()
        except (DatabaseError, InterfaceError):
            connections.close_all()

    def facts(self) -> dict[str, Any]:
        """For the progress line."""
        return {"enqueued": len(self.sure), "unsure": len(self.unsure)}

    def _enqueue(self) -> None:
        made = [self._job() for _ in range(AT_ONCE)]
        numbers = {job.arguments[0]: type(job).__name__ for job in made}
        is_undone = self._dice.random() < 0.1
        try:
            with transaction.atomic():
                perform_all_later(made)
                if is_undone:
                    transaction.set_rollback(True)
        except (ActiveJobError, DatabaseError, InterfaceError):
            self.unsure |= set(numbers)
            connections.close_all()
            return
        if is_undone:
            self.undone |= set(numbers)
        else:
            self.sure |= numbers

    def _job(self) -> Any:
        self._number += 1
        kind, seconds = self._dice.choice(KINDS), self._dice.choice([0, 0, 0.01, 0.05, 0.3])
        if kind is jobs.LuckyJob:
            job: Any = kind(self._number)
        elif kind is jobs.KeyedJob:
            job = kind(self._number, seconds, self._dice.choice("abcdefgh"))
        else:
            job = kind(self._number, seconds)
        return job.set(wait=self._dice.uniform(0, 2)) if self._dice.random() < 0.2 else job
