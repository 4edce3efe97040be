"""Assertions about jobs for unittest and Django."""

from __future__ import annotations

import unittest
from contextlib import nullcontext
from typing import TYPE_CHECKING

from django.test import TestCase

from django_activejob.adapters.test import clear_all
from django_activejob.contracts import QueueAdapter
from django_activejob.testing.assertions import JobAssertions
from django_activejob.testing.substitution import substituted

if TYPE_CHECKING:
    _TestCase = unittest.TestCase
else:
    _TestCase = object


class JobTestMixin(JobAssertions, _TestCase):
    """Goes before a TestCase: ``class OrderTest(JobTestMixin, TestCase)``.

    The jobs of other tests are forgotten before each test, whatever ``setUp`` does.
    """

    def queue_adapter_for_test(self) -> QueueAdapter | None:
        """The adapter that the jobs of every class go to; None leaves them those they have.

        Called once before each test, for subclasses to override.
        """
        return None

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Runs a test with its adapter, and without the jobs of the test before."""
        adapter = self.queue_adapter_for_test()
        clear_all()
        with substituted(adapter) if adapter is not None else nullcontext():
            return super().run(result)


class JobTestCase(JobTestMixin, TestCase):
    """Django's TestCase with assertions about jobs, as Active Job's TestCase."""
