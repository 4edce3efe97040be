"""Job classes as arguments of jobs: by their names on the wire."""

from __future__ import annotations

from django_activejob.job import registry


class JobClassNames:
    """Knows every registered job class; imports nothing because a payload names it."""

    def name_of(self, klass: type) -> str | None:
        """The name of a job class; None for any other."""
        return registry.name_of(klass) if klass in registry.classes() else None

    def find(self, name: str) -> type | None:
        """The job class behind a name; None when there is none."""
        return registry.find(name) if registry.is_known(name) else None
