from __future__ import annotations

import pytest

from django_activejob.job import registry
from django_activejob.mail import attachments
from django_activejob.mail.clearing import RemoveOrphanedAttachmentsJob


class TestRemoveOrphanedAttachmentsJob:
    def test_it_says_how_many_it_removed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[float] = []
        monkeypatch.setattr(
            attachments, "remove_orphans", lambda *, older_than: asked.append(older_than) or 3
        )
        assert RemoveOrphanedAttachmentsJob.perform_now(older_than=60) == 3
        assert asked == [60]

    def test_a_recurring_task_can_name_it(self) -> None:
        assert registry.is_known("django_activejob.RemoveOrphanedAttachmentsJob")
