"""The pages of mail previews: ``path("mail/", include("django_activejob.mail.urls"))``."""

from __future__ import annotations

from django.urls import path

from django_activejob.mail import preview_views as views

app_name = "activejob_mail"

urlpatterns = [
    path("", views.listing, name="previews"),
    path("<str:class_name>/<str:method>/", views.message, name="preview"),
    path("<str:class_name>/<str:method>/<int:number>/", views.part, name="part"),
]
