"""What a test has done in the project: ``python -m tests.browser.project.acts NAME JSON``."""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - the apps must be ready
from django.core.management import call_command  # noqa: E402

from django_activejob import handler, models, perform_all_later  # noqa: E402
from tests.browser.project import scenery  # noqa: E402
from tests.browser.project.shop import jobs  # noqa: E402


def prepare() -> None:
    """Make the tables, and somebody who may do everything."""
    call_command("migrate", verbosity=0)
    User.objects.create_superuser("admin", "admin@example.com", "admin")


def empty() -> None:
    """Forget all jobs and processes."""
    for name in ("Attempt", "Job", "Process", "Pause"):
        getattr(models, name).objects.all().delete()


def enqueue(job_class: str, *calls: list[Any]) -> None:
    """Enqueue a job for each list of arguments."""
    perform_all_later([getattr(jobs, job_class)(*call) for call in calls])


def paused() -> list[str]:
    """The names of the paused queues."""
    inspector = handler.adapter().inspector()
    assert inspector is not None
    return [queue.name for queue in inspector.queues() if queue.paused]


ACTS = {
    "prepare": prepare,
    "empty": empty,
    "enqueue": enqueue,
    "paused": paused,
    "scenery": scenery.make,
    "freshen": scenery.freshen,
}

if __name__ == "__main__":
    print(json.dumps(ACTS[sys.argv[1]](*json.loads(sys.argv[2]))))
