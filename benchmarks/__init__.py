"""What things cost: ours beside a raw limit, in the same run."""
