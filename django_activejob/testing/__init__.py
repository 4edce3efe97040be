"""What tests need: suites for authors of adapters."""

from __future__ import annotations
