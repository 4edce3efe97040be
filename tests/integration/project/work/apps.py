"""The app of the project."""

from __future__ import annotations

import os
import time

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Starts as slowly, and as badly, as a test wants."""

    name = "tests.integration.project.work"
    label = "work"

    def ready(self) -> None:
        """Break in children only, when asked to."""
        if "INTEGRATION_SLOW_START" in os.environ:
            time.sleep(float(os.environ["INTEGRATION_SLOW_START"]))
        if "INTEGRATION_BROKEN_CHILDREN" in os.environ:
            os.register_at_fork(after_in_child=lambda: os._exit(9))
