"""What can happen to a job; one module each, whose public function has its name."""

from __future__ import annotations
