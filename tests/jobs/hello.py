from __future__ import annotations

from django_activejob import ActiveJob
from tests.jobs import buffer


class HelloJob(ActiveJob):
    def perform(self, name: str = "David") -> str:
        buffer.add(f"{name} says hello")
        return f"hello, {name}"
