"""The admin pages: what waits, runs and failed, and the buttons to put it right.

They talk to an adapter's inspector and show its records; they know no queue model.
Admin sites of a project's own get them with ``register(site)``.
"""

from __future__ import annotations

from django_activejob.dashboard.sites import register

__all__ = ["register"]
