"""What the commands for operators have in common."""
