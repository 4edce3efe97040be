"""Django's door to the admin pages; they appear by themselves in the default admin site."""

from __future__ import annotations

from django.contrib import admin

from django_activejob.dashboard import register

register(admin.site)
