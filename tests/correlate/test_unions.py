"""Disjoint sets."""

from __future__ import annotations

import itertools

from postmortem_timeline.correlate.unions import Unions


def test_the_order_of_joins_changes_nothing() -> None:
    for joins in itertools.permutations([(3, 4), (1, 3), (0, 2)]):
        sets = Unions(6)
        for pair in joins:
            sets.join(*pair)
        assert [sets.root(item) for item in range(6)] == [0, 1, 0, 1, 1, 5]
