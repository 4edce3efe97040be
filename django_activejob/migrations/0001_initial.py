"""The tables of the database adapter."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from django_activejob.adapters.database.indexes import StateIndex
from django_activejob.adapters.database.operations import ExactTexts


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "queue",
                    models.CharField(
                        max_length=255, primary_key=True, serialize=False, verbose_name="queue"
                    ),
                ),
            ],
            options={
                "verbose_name": "queue",
                "verbose_name_plural": "queues",
                "db_table": "django_activejob_pause",
                "permissions": [("pause_queue", "Can pause and resume queues")],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Process",
            fields=[
                (
                    "id",
                    models.CharField(
                        max_length=32, primary_key=True, serialize=False, verbose_name="id"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="kind")),
                ("hostname", models.CharField(max_length=255, verbose_name="host name")),
                ("pid", models.BigIntegerField(verbose_name="pid")),
                ("metadata", models.TextField(blank=True, default="", verbose_name="metadata")),
                ("command", models.TextField(blank=True, default="", verbose_name="command")),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("beat_at", models.DateTimeField(verbose_name="last beat at")),
            ],
            options={
                "verbose_name": "process",
                "verbose_name_plural": "processes",
                "db_table": "django_activejob_process",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("queue", models.CharField(max_length=255, verbose_name="queue")),
                ("priority", models.IntegerField(default=0, verbose_name="priority")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "scheduled"),
                            ("blocked", "blocked"),
                            ("ready", "ready"),
                            ("running", "running"),
                            ("failed", "failed"),
                            ("finished", "finished"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("job_id", models.CharField(max_length=36, verbose_name="job id")),
                ("job_class", models.CharField(max_length=255, verbose_name="job class")),
                ("payload", models.TextField(verbose_name="payload")),
                ("routing", models.TextField(blank=True, default="", verbose_name="routing")),
                ("executions", models.IntegerField(default=0, verbose_name="executions")),
                ("crashes", models.SmallIntegerField(default=0, verbose_name="crashes")),
                (
                    "process_id",
                    models.CharField(
                        blank=True, default="", max_length=32, verbose_name="process id"
                    ),
                ),
                ("claim_number", models.IntegerField(default=0, verbose_name="claim number")),
                (
                    "error_class",
                    models.CharField(
                        blank=True, default="", max_length=255, verbose_name="error class"
                    ),
                ),
                ("enqueued_at", models.DateTimeField(verbose_name="enqueued at")),
                (
                    "scheduled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="scheduled at"),
                ),
                (
                    "claimed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="claimed at"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished at"),
                ),
                (
                    "failed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="failed at"),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "db_table": "django_activejob_job",
                "permissions": [
                    ("retry_job", "Can retry failed jobs"),
                    ("discard_job", "Can discard jobs"),
                    ("dispatch_job", "Can run scheduled jobs now"),
                    ("view_arguments", "Can view the arguments of jobs"),
                ],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["job_id"], name="aj_job_job_id"),
                    StateIndex(
                        state="ready", fields=["queue", "priority", "id"], name="aj_job_ready_queue"
                    ),
                    StateIndex(
                        state="ready",
                        besides=models.Q(("id__gt", 0)),
                        fields=["priority", "id"],
                        name="aj_job_ready",
                    ),
                    StateIndex(state="scheduled", fields=["scheduled_at", "id"], name="aj_job_due"),
                    StateIndex(state="running", fields=["process_id"], name="aj_job_held"),
                    StateIndex(
                        state="finished", fields=["finished_at", "id"], name="aj_job_finished"
                    ),
                    StateIndex(state="failed", fields=["failed_at", "id"], name="aj_job_failed"),
                    models.Index(fields=["job_class", "id"], name="aj_job_class"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["scheduled", "blocked", "ready", "running", "failed", "finished"],
                            )
                        ),
                        name="aj_job_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "running"), models.Q(("process_id", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("state", "running"), _negated=True), ("process_id", "")
                            ),
                            _connector="OR",
                        ),
                        name="aj_job_running_has_process",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField(verbose_name="number")),
                ("outcome", models.CharField(max_length=20, verbose_name="outcome")),
                (
                    "process_id",
                    models.CharField(
                        blank=True, default="", max_length=32, verbose_name="process id"
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="started at"),
                ),
                ("seconds", models.FloatField(blank=True, null=True, verbose_name="seconds")),
                (
                    "error_class",
                    models.CharField(
                        blank=True, default="", max_length=255, verbose_name="error class"
                    ),
                ),
                (
                    "error_message",
                    models.TextField(blank=True, default="", verbose_name="error message"),
                ),
                ("traceback", models.TextField(blank=True, default="", verbose_name="traceback")),
                ("result", models.TextField(blank=True, default="", verbose_name="result")),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="django_activejob.job",
                        verbose_name="job",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt",
                "verbose_name_plural": "attempts",
                "db_table": "django_activejob_attempt",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["job", "id"], name="aj_attempt_job")],
            },
        ),
        ExactTexts("django_activejob_pause"),
        ExactTexts("django_activejob_process"),
        ExactTexts("django_activejob_job"),
        ExactTexts("django_activejob_attempt"),
    ]
