"""Jobs in tables of the project's own database: PostgreSQL or SQLite, on any alias."""

from __future__ import annotations

from django_activejob.adapters.database.adapter import DatabaseAdapter

__all__ = ["DatabaseAdapter"]
