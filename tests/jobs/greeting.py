from __future__ import annotations

from django_activejob import ActiveJob
from tests.jobs import buffer
from tests.shop.models import Person


class GreetingJob(ActiveJob):
    def perform(self, person: Person) -> None:
        buffer.add(f"greeting {person.name}")
