"""Furniture: tiny jobs, and a buffer that remembers what ran."""
