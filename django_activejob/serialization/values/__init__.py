"""Values that Ruby has and Python lacks, so that they survive a round trip."""

from __future__ import annotations

from django_activejob.serialization.values.date_time import DateTime
from django_activejob.serialization.values.duration import Duration
from django_activejob.serialization.values.indifferent import HashWithIndifferentAccess
from django_activejob.serialization.values.keywords import Keywords
from django_activejob.serialization.values.range import Range
from django_activejob.serialization.values.symbol import Symbol

__all__ = ["DateTime", "Duration", "HashWithIndifferentAccess", "Keywords", "Range", "Symbol"]
