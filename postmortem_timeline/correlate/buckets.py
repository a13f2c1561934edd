"""Time in buckets: those that are asked for one by one, and one each for all that lies before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BUCKET = 10_000_000_000  # ns
MOST_BUCKETS = 60  # pairs of them are tried as beginning and end
FEWEST_BUCKETS = 12  # less than two minutes of traces do not tell what is usual
STEADY = 3.0  # buckets of a steady service that are added before its unsteadiness is believed
LEAST = 0.25  # what a bucket is expected to hold at least, or one case alone would be a wonder


@dataclass(frozen=True)
class Buckets:
    """Where each bucket that is asked for begins, several as one where they are many."""

    edges: np.ndarray  # in BUCKETs
    high: int

    @classmethod
    def of(cls, at: np.ndarray, since: int | None, until: int | None) -> Buckets | None:
        """in: when each record was (ns); the bounds (ns). None where too little is told."""
        distinct = np.unique(at // BUCKET)
        low, high = (distinct[0] if since is None else since // BUCKET), (distinct[-1] if until is None else until // BUCKET)
        asked = distinct[(distinct >= low) & (distinct <= high)]
        if len(distinct) < FEWEST_BUCKETS or not len(asked):
            return None
        return cls(asked[:: -(-len(asked) // MOST_BUCKETS)], int(high))

    @property
    def count(self) -> int:
        """How many there are, with the one before and the one after."""
        return len(self.edges) + 2

    def number(self, at: np.ndarray) -> np.ndarray:
        """The bucket in which each moment lies."""
        found = np.searchsorted(self.edges, at // BUCKET, side="right")
        found[at // BUCKET > self.high] = len(self.edges) + 1
        return found

    def stretches(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All stretches of those asked for: first bucket, the one past the last, the nats of choosing it among its like."""
        first, past = np.triu_indices(len(self.edges) + 1, 1)
        return first + 1, past + 1, np.log(len(self.edges) / (past - first))
