"""The memory: past incidents in a folder, what they have in common, and what they add up to."""
