"""Jobs in steps: a job that is stopped in the middle goes on where it was."""

from __future__ import annotations

from django_activejob.continuations.continuable import Continuable
from django_activejob.continuations.step import Step

__all__ = ["Continuable", "Step"]
