"""A job that is given a model instance."""

from __future__ import annotations

from testproject.working_it.jobs.application_job import ApplicationJob
from testproject.working_it.models import Thought


class CountWordsJob(ApplicationJob):
    """Counts the words of a thought; safe to repeat."""

    def perform(self, thought: Thought) -> None:
        """Writes the count to the thought."""
        thought.words = len(thought.text.split())
        thought.save(update_fields=["words"])
