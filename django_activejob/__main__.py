"""``python -m django_activejob`` is ``manage.py runjobs``."""

from __future__ import annotations

import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    execute_from_command_line(["django_activejob", "runjobs", *sys.argv[1:]])
