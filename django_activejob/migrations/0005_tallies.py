"""What executions came to, by minute and by hour."""

from __future__ import annotations

from django.db import migrations, models

from django_activejob.adapters.database.operations import ExactTexts
from django_activejob.adapters.database.tally_columns import HISTOGRAM_COLUMNS


class Migration(migrations.Migration):
    dependencies = [
        ("django_activejob", "0004_permissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="FailureTally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("span", models.SmallIntegerField(verbose_name="span in seconds")),
                ("began", models.BigIntegerField(verbose_name="began, in seconds since 1970")),
                ("job_class", models.CharField(max_length=255, verbose_name="job class")),
                ("error_class", models.CharField(max_length=255, verbose_name="error class")),
                ("number", models.IntegerField(verbose_name="number")),
            ],
            options={
                "verbose_name": "failures",
                "verbose_name_plural": "failures",
                "db_table": "django_activejob_failuretally",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("span", "began", "job_class", "error_class"), name="aj_failure_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("span", models.SmallIntegerField(verbose_name="span in seconds")),
                ("began", models.BigIntegerField(verbose_name="began, in seconds since 1970")),
                ("job_class", models.CharField(max_length=255, verbose_name="job class")),
                ("queue", models.CharField(max_length=255, verbose_name="queue")),
                ("performed", models.IntegerField(verbose_name="performed")),
                ("failed", models.IntegerField(verbose_name="failed")),
                ("retried", models.IntegerField(verbose_name="retried")),
                ("discarded", models.IntegerField(verbose_name="discarded")),
                ("interrupted", models.IntegerField(verbose_name="interrupted")),
                ("run_total", models.FloatField(verbose_name="seconds of running")),
                ("run_least", models.FloatField(verbose_name="shortest run in seconds")),
                ("run_most", models.FloatField(verbose_name="longest run in seconds")),
                ("wait_total", models.FloatField(verbose_name="seconds of waiting")),
                ("wait_least", models.FloatField(verbose_name="shortest wait in seconds")),
                ("wait_most", models.FloatField(verbose_name="longest wait in seconds")),
                *((name, models.IntegerField()) for name in HISTOGRAM_COLUMNS),
            ],
            options={
                "verbose_name": "overview",
                "verbose_name_plural": "overview",
                "db_table": "django_activejob_tally",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("span", "began", "job_class", "queue"), name="aj_tally_once"
                    )
                ],
            },
        ),
        ExactTexts("django_activejob_failuretally"),
        ExactTexts("django_activejob_tally"),
    ]
