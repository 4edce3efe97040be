"""The demo's pages."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from testproject.working_it import views

urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("admin/", admin.site.urls),
]
