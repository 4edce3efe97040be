"""The suites that every adapter has to pass: one for each part that it has.

A suite is a class; an adapter's tests derive from it and give it a fixture ``adapter``, which
yields a fresh and empty adapter whose store is real::

    class TestEnqueue(EnqueueContract):
        @pytest.fixture
        def adapter(self):
            ...

The pytest marker ``line`` names the promises of the package that a test proves; register it.
"""

from __future__ import annotations

from django_activejob.testing.contracts.cancelling import CancellingContract
from django_activejob.testing.contracts.chores import ChoresContract
from django_activejob.testing.contracts.enqueue import EnqueueContract
from django_activejob.testing.contracts.filters import FiltersContract
from django_activejob.testing.contracts.inspector import InspectorContract
from django_activejob.testing.contracts.limits import LimitsContract, LimitsInspectorContract
from django_activejob.testing.contracts.recurring import RecurringContract
from django_activejob.testing.contracts.registry import RegistryContract
from django_activejob.testing.contracts.settling import SettlingContract
from django_activejob.testing.contracts.source import SourceContract
from django_activejob.testing.contracts.tallies import TalliesContract
from django_activejob.testing.contracts.throttles import ThrottlesContract
from django_activejob.testing.contracts.unique import UniqueContract

__all__ = [
    "CancellingContract",
    "ChoresContract",
    "EnqueueContract",
    "FiltersContract",
    "InspectorContract",
    "LimitsContract",
    "LimitsInspectorContract",
    "RecurringContract",
    "RegistryContract",
    "SettlingContract",
    "SourceContract",
    "TalliesContract",
    "ThrottlesContract",
    "UniqueContract",
]
