"""What a process of the project does, and dies: ``python -m tests.integration.project.acts``."""

from __future__ import annotations

import json
import os
import sys
import time

import django

django.setup()

from django.db import transaction  # noqa: E402 - the apps must be ready

from django_activejob import perform_all_later  # noqa: E402
from tests.integration.project.work.jobs import NoteJob  # noqa: E402


def enqueue_and_die_after_commit(number: int) -> None:
    """Die where other hooks of the commit would have had their turn."""
    with transaction.atomic():
        transaction.on_commit(lambda: os._exit(9))
        NoteJob.perform_later(number)


def enqueue_and_die_before_commit(number: int) -> None:
    """Die with the transaction open."""
    with transaction.atomic():
        NoteJob.perform_later(number)
        os._exit(9)


def enqueue_for_a_while(first: int, seconds: float) -> None:
    """Enqueue one by one, in transactions and in bulk, as web requests and scripts do."""
    ends, number = time.monotonic() + seconds, first
    while time.monotonic() < ends:
        with transaction.atomic():
            NoteJob.perform_later(number)
        perform_all_later([NoteJob(number + 1), NoteJob(number + 2)])
        number += 3
    print(number - first)


if __name__ == "__main__":
    globals()[sys.argv[1]](*json.loads(sys.argv[2]))
