"""The suites for authors of adapters, over every adapter on its real store."""
