from __future__ import annotations

from typing import Any

from django_activejob import ActiveJob
from tests.jobs import buffer


class KeywordJob(ActiveJob):
    def perform(self, first: Any, /, *rest: Any, flag: bool = False, **others: Any) -> None:
        buffer.add((first, rest, flag, others))
