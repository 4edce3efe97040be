"""Jobs of a shop."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from django_activejob import ActiveJob, limits_concurrency, queue_as


class MailServerDown(ConnectionError):
    """The mail server does not take mails."""


@queue_as("mailers")
class ReceiptJob(ActiveJob):
    """Sends a receipt, while the mail server takes mails."""

    def perform(self, order: int, *, to: str = "ada@example.com") -> None:
        """Fail while there is a file ``closed`` in the project's folder."""
        if (Path(settings.FOLDER) / "closed").exists():
            raise MailServerDown(f"order {order}: 421 closed for maintenance")


class ReportJob(ActiveJob):
    """Makes a report."""

    def perform(self, month: str, copies: int = 1) -> None:
        """Do nothing."""


@queue_as("imports")
@limits_concurrency(to=1, key=lambda supplier: supplier)
class ImportJob(ActiveJob):
    """Imports the articles of a supplier, one import of each at a time."""

    def perform(self, supplier: str) -> None:
        """Do nothing."""
