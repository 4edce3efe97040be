from __future__ import annotations

import pytest

from django_activejob.adapters.test import TestAdapter
from django_activejob.testing import JobAssertions


@pytest.fixture
def jobs(queue: TestAdapter) -> JobAssertions:
    """The assertions, and no jobs yet."""
    return JobAssertions()
