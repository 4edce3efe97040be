"""Throttles."""

from __future__ import annotations

from django.db import migrations, models

from django_activejob.adapters.database.operations import ExactTexts


class Migration(migrations.Migration):
    dependencies = [
        ("django_activejob", "0005_tallies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Throttle",
            fields=[
                (
                    "key",
                    models.CharField(
                        db_column="throttle_key",
                        max_length=255,
                        primary_key=True,
                        serialize=False,
                        verbose_name="key",
                    ),
                ),
                ("most", models.IntegerField(verbose_name="starts in a window")),
                ("per", models.FloatField(verbose_name="window in seconds")),
                (
                    "window_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="window began at"),
                ),
                ("started", models.IntegerField(default=0, verbose_name="starts so far")),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens at")),
                ("used_at", models.DateTimeField(verbose_name="last used at")),
            ],
            options={
                "verbose_name": "throttle",
                "verbose_name_plural": "throttles",
                "db_table": "django_activejob_throttle",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["opens_at"], name="aj_throttle_opens")],
            },
        ),
        ExactTexts("django_activejob_throttle"),
    ]
