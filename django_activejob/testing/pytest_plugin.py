"""Assertions about jobs for pytest.

pytest loads this wherever the package is installed. So nothing else of it is imported here,
and in projects that have no jobs nothing happens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django_activejob.contracts import QueueAdapter
    from django_activejob.testing.assertions import JobAssertions
    from django_activejob.testing.mail import MailAssertions

MARK = "activejob"


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known."""
    config.addinivalue_line(
        "markers",
        f'{MARK}(adapter="test"): send the jobs of every class to this queue adapter '
        "(an alias, a built-in name, a dotted path, or the adapter itself)",
    )


@pytest.fixture(autouse=True)
def _activejob_of_this_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forgets the jobs of the test before, and brings the adapter that the mark names."""
    _forget_jobs()
    with _adapter_for(request.node.get_closest_marker(MARK)):
        yield


@pytest.fixture
def jobs() -> JobAssertions:
    """Assertions about jobs: ``jobs.assert_enqueued_with(job=WelcomeJob, args=[user])``.

    They are those of ``JobTestMixin``; see ``django_activejob.testing.assertions``.
    """
    from django_activejob.testing.assertions import JobAssertions  # see the module's docstring

    return JobAssertions()


@pytest.fixture
def emails() -> MailAssertions:
    """Assertions about mail that is sent later: ``with emails.assert_enqueued_emails(1): …``."""
    from django_activejob.testing.mail import MailAssertions  # see the module's docstring

    return MailAssertions()


@pytest.fixture
def perform_enqueued_jobs(jobs: JobAssertions) -> Callable[..., Any]:
    """Performs jobs, as a plain call or around a block; see ``JobAssertions``."""
    return jobs.perform_enqueued_jobs


def _forget_jobs() -> None:
    # Whoever has not imported the test adapter has no jobs to forget.
    module = sys.modules.get("django_activejob.adapters.test")
    if module is not None:
        module.clear_all()


def _adapter_for(mark: pytest.Mark | None) -> AbstractContextManager[None]:
    return nullcontext() if mark is None else _substituted(*mark.args, **mark.kwargs)


def _substituted(adapter: str | QueueAdapter = "test") -> AbstractContextManager[None]:
    from django_activejob import handler
    from django_activejob.testing.substitution import substituted

    return substituted(handler.adapter(adapter) if isinstance(adapter, str) else adapter)
