"""URLs of a project that has mounted those for machines."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("activejob/", include("django_activejob.dashboard.monitoring_urls")),
]
