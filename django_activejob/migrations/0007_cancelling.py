# Cancelling running jobs: since when an operator wants it, and who may

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("django_activejob", "0006_throttles"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="cancel_asked_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="cancellation asked for at"
            ),
        ),
        migrations.AlterModelOptions(
            name="job",
            options={
                "default_permissions": ("view",),
                "permissions": [
                    ("retry_job", "Can retry failed jobs"),
                    ("discard_job", "Can discard jobs"),
                    ("dispatch_job", "Can run scheduled jobs now"),
                    ("cancel_job", "Can cancel running jobs"),
                    ("view_arguments", "Can view the arguments of jobs"),
                ],
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
            },
        ),
    ]
