"""From the results of a batch to the verdicts of its tests, and of the batch at each decision point."""
