"""What holds for any value and any payload, tried with made-up ones."""
