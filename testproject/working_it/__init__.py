"""Working It: leave a thought, and get it back by mail."""
