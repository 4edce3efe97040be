"""The job that removes attachments nobody waits for; for a recurring task, once a day."""

from __future__ import annotations

from django_activejob.job.base import ActiveJob
from django_activejob.mail import attachments


class RemoveOrphanedAttachmentsJob(ActiveJob):
    """Removes attachments from their storage whose mail was delivered, discarded or rolled back."""

    def perform(self, *, older_than: float = attachments.DAY) -> int:
        """Removes them.

        Args:
            older_than: seconds; younger ones may belong to a job that is not committed yet.

        Returns:
            How many were removed.
        """
        return attachments.remove_orphans(older_than=older_than)
