"""Events to a small, mergeable summary that all correlation reads."""
