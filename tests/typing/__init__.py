"""What must and what must not type-check."""
