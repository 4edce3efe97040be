"""Real processes, on real stores, that are stopped and killed."""
