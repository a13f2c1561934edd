"""Layouts of one format begin alike: what they share is walked once, and each goes on from where it parts from the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from postmortem_timeline.parsing.dissect import Layout, Match, Piece, Walk
from postmortem_timeline.parsing.text import Lines
from postmortem_timeline.parsing.timestamps import Dating


@dataclass(frozen=True)
class Branch:
    """A layout, the earlier one that it shares the most pieces with, and how many; `stops` are where others part from it."""

    layout: Layout
    trunk: int | None
    shared: int
    stops: frozenset[int]


def branches(layouts: Sequence[Layout]) -> tuple[Branch, ...]:
    """Where each layout parts from the ones before it."""
    parts: list[tuple[int | None, int]] = []
    for j, layout in enumerate(layouts):
        best = max(((_shared(layouts[i], layout), -i) for i in range(j)), default=(0, 0))
        parts.append((-best[1], best[0]) if best[0] else (None, 0))
    stops = [frozenset(n for i, n in parts if i == place) for place in range(len(layouts))]
    return tuple(Branch(layout, trunk, n, stop) for layout, (trunk, n), stop in zip(layouts, parts, stops, strict=True))


def _shared(one: Layout, other: Layout) -> int:
    """How many first pieces two layouts share; a field counts only with the literal that ends it."""
    n = 0
    for a, b in zip(one.pieces, other.pieces, strict=False):
        if a != b or a.last or (a.kind == "time" and one.times[a.name] != other.times[b.name]):
            break
        n += 1
    n = min(n, len(one.pieces) - 1)  # behind its last piece a walk has no state to go on from
    while n and _runs_on(one.pieces[n - 1]):
        n -= 1
    return n


def _runs_on(piece: Piece) -> bool:
    return not piece.literal and not piece.width and piece.kind not in ("time", "blanks")


def match_all(plan: Sequence[Branch], lines: Lines, dating: Dating) -> Iterator[Match]:
    """The match of each layout on the lines that no earlier one fits; rows refer to `lines`."""
    taken = np.zeros(len(lines), bool)
    walks: list[Walk] = []
    for branch in plan:
        if taken.all():
            return
        if branch.trunk is None:
            walk = Walk(branch.layout, lines, dating)
        else:
            walk = walks[branch.trunk].parting(branch.shared, branch.layout)
        walk.drop(taken)
        walks.append(walk)
        match = walk.run(branch.shared, branch.stops)
        if len(match.rows):
            taken[match.rows] = True
            yield match
