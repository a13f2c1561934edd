"""Disjoint sets over the positions 0..n-1: what is joined twice over is one."""

from __future__ import annotations


class Unions:
    """Union-find in which the smallest member names its set, so that the result does not depend on the order."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, item: int) -> int:
        """The smallest member of the set that `item` is in."""
        while self._above[item] != item:
            self._above[item] = self._above[self._above[item]]
            item = self._above[item]
        return item

    def join(self, one: int, other: int) -> int:
        """Make the sets of `one` and `other` one; returns its root."""
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low
        return low
