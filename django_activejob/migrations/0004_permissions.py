# Who may control processes, clear queues, manage recurring tasks, release semaphores

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("django_activejob", "0003_limits"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="job",
            options={
                "default_permissions": ("view",),
                "permissions": [
                    ("retry_job", "Can retry failed jobs"),
                    ("discard_job", "Can discard jobs"),
                    ("dispatch_job", "Can run scheduled jobs now"),
                    ("view_arguments", "Can view the arguments of jobs"),
                ],
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
            },
        ),
        migrations.AlterModelOptions(
            name="pause",
            options={
                "default_permissions": ("view",),
                "permissions": [
                    ("pause_queue", "Can pause and resume queues"),
                    ("clear_queue", "Can clear queues"),
                ],
                "verbose_name": "queue",
                "verbose_name_plural": "queues",
            },
        ),
        migrations.AlterModelOptions(
            name="process",
            options={
                "default_permissions": ("view",),
                "permissions": [("control_process", "Can quiet and stop processes")],
                "verbose_name": "process",
                "verbose_name_plural": "processes",
            },
        ),
        migrations.AlterModelOptions(
            name="recurringtask",
            options={
                "default_permissions": ("view",),
                "permissions": [
                    ("run_recurringtask", "Can run recurring tasks now"),
                    ("enable_recurringtask", "Can enable and disable recurring tasks"),
                    ("manage_recurringtask", "Can create, change and delete recurring tasks"),
                ],
                "verbose_name": "recurring task",
                "verbose_name_plural": "recurring tasks",
            },
        ),
        migrations.AlterModelOptions(
            name="semaphore",
            options={
                "default_permissions": ("view",),
                "permissions": [("release_semaphore", "Can release semaphores")],
                "verbose_name": "semaphore",
                "verbose_name_plural": "semaphores",
            },
        ),
    ]
