"""What people leave, and what the mail server has delivered."""

from __future__ import annotations

from django.db import models


class Thought(models.Model):
    """Something that somebody thinks; a job counts its words."""

    email = models.EmailField()
    text = models.TextField(max_length=2_000)
    words = models.PositiveIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.text[:60]


class DeliveredMail(models.Model):
    """A mail that has arrived."""

    subject = models.CharField(max_length=255)
    sender = models.EmailField()
    recipients = models.TextField()
    body = models.TextField()
    delivered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.subject
