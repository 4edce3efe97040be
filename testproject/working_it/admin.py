"""The demo in the admin."""

from __future__ import annotations

from django.contrib import admin

from testproject.working_it.models import DeliveredMail, Thought

admin.site.register([Thought, DeliveredMail])
