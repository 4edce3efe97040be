"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActiveJobConfig(AppConfig):
    """Finds the job classes of all apps, and makes the package's own parts known."""

    name = "django_activejob"
    label = "django_activejob"
    verbose_name = _("Background jobs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Runs once, when every app is loaded."""
        # Imported here, for all of them need the app registry to be ready.
        from django_activejob import checks, conf, log_subscriber
        from django_activejob.job import discovery
        from django_activejob.job.class_names import JobClassNames
        from django_activejob.mail import clearing as clearing
        from django_activejob.mail import delivery as delivery
        from django_activejob.serialization.class_names import add_class_names

        add_class_names(JobClassNames())
        checks.register()
        log_subscriber.connect()
        if not conf.problems():
            discovery.discover()
