"""What a job is and does."""
