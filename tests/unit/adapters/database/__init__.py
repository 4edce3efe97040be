"""What the database adapter does beyond the suites for all adapters."""
