"""Concurrency limits and unique locks."""

from __future__ import annotations

from django.db import migrations, models

from django_activejob.adapters.database.indexes import StateIndex
from django_activejob.adapters.database.operations import ExactTexts


class Migration(migrations.Migration):
    dependencies = [
        ("django_activejob", "0002_recurring"),
    ]

    operations = [
        migrations.CreateModel(
            name="Semaphore",
            fields=[
                (
                    "key",
                    models.CharField(
                        db_column="limit_key",
                        max_length=255,
                        primary_key=True,
                        serialize=False,
                        verbose_name="key",
                    ),
                ),
                ("limit_to", models.IntegerField(verbose_name="limit")),
                ("duration", models.FloatField(verbose_name="duration in seconds")),
                ("used_at", models.DateTimeField(verbose_name="last used at")),
            ],
            options={
                "verbose_name": "semaphore",
                "verbose_name_plural": "semaphores",
                "db_table": "django_activejob_semaphore",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="UniqueLock",
            fields=[
                (
                    "key",
                    models.CharField(
                        db_column="unique_key",
                        max_length=255,
                        primary_key=True,
                        serialize=False,
                        verbose_name="key",
                    ),
                ),
                ("job_id", models.CharField(max_length=36, verbose_name="job id")),
                ("until", models.CharField(max_length=10, verbose_name="until")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
            ],
            options={
                "verbose_name": "unique lock",
                "verbose_name_plural": "unique locks",
                "db_table": "django_activejob_uniquelock",
                "default_permissions": ("view",),
            },
        ),
        migrations.AddField(
            model_name="job",
            name="limit_key",
            field=models.CharField(
                blank=True, default="", max_length=255, verbose_name="limit key"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=StateIndex(
                state="blocked", fields=["limit_key", "priority", "id"], name="aj_job_blocked"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=StateIndex(
                state=("ready", "running"),
                besides=models.Q(("limit_key__gt", "")),
                fields=["limit_key"],
                name="aj_job_holding",
            ),
        ),
        migrations.AddIndex(
            model_name="uniquelock",
            index=models.Index(fields=["job_id"], name="aj_lock_job_id"),
        ),
        migrations.AddIndex(
            model_name="uniquelock",
            index=models.Index(fields=["expires_at"], name="aj_lock_expires"),
        ),
        ExactTexts("django_activejob_semaphore"),
        ExactTexts("django_activejob_uniquelock"),
    ]
