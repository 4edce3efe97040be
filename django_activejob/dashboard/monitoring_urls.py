"""URLs for machines, to be mounted by the project.

``path("activejob/", include("django_activejob.dashboard.monitoring_urls"))``
"""

from __future__ import annotations

from django.urls import path

from django_activejob.dashboard import monitoring

app_name = "activejob"

urlpatterns = [
    path("health/", monitoring.show_health, name="health"),
    path("health/workers/", monitoring.show_workers, name="workers"),
    path("metrics", monitoring.show_metrics, name="metrics"),
    path("stats.json", monitoring.show_stats, name="stats"),
]
