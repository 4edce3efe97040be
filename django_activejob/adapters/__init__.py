"""Our ends of the queueing systems; none knows another."""

from __future__ import annotations
