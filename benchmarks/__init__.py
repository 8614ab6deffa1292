"""Speed as a ratio against peers that do the same work, measured in one run."""
