"""Typed values of a job's own, which travel with it from one execution to the next."""

from __future__ import annotations

from django_activejob.attributes.attributes import Attributes
from django_activejob.attributes.declaration import Attribute, attribute

__all__ = ["Attribute", "Attributes", "attribute"]
