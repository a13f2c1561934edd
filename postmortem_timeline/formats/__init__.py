"""What bytes mean: one file a format, and nothing else."""
