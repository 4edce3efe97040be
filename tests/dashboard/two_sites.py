"""URLs of a project with an admin site of its own beside the default one."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from django_activejob import dashboard

office = admin.AdminSite(name="office")
dashboard.register(office)

urlpatterns = [path("admin/", admin.site.urls), path("office/", office.urls)]
