"""Tests of the runtime, against sources and registries in memory."""
