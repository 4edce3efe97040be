"""The settings of ours: the adapter, and nothing else that is not the default."""

from __future__ import annotations

import logging
import os

ACTIVE_JOB = {
    "QUEUE_ADAPTER": os.environ["BENCH_ADAPTER"],
    "ADAPTERS": {
        "database": {"ADAPTER": "database"},
        "redis": {"ADAPTER": "redis", "OPTIONS": {"cache": "default"}},
    },
}

# The harness keeps every system quiet; ours writes two lines a job at INFO.
logging.getLogger("django_activejob").setLevel(logging.WARNING)
