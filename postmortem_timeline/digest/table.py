"""A table that merges: rows with one key are folded by sum, minimum or maximum over integers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from postmortem_timeline.parsing.text import Ints


@dataclass(frozen=True)
class Shape:
    """The columns of a table and how rows of one key fold."""

    keys: tuple[str, ...]
    sums: tuple[str, ...] = ()
    mins: tuple[str, ...] = ()
    maxs: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.keys, *self.sums, *self.mins, *self.maxs)


Columns = dict[str, Ints]


def empty(shape: Shape) -> Columns:
    return {name: np.zeros(0, np.int64) for name in shape.names}


def fold(columns: Columns, shape: Shape) -> Columns:
    """One row for each key, sorted by key."""
    n = len(columns[shape.keys[0]])
    if not n:
        return empty(shape)
    order = np.lexsort([columns[k] for k in reversed(shape.keys)])
    keys = [columns[k][order] for k in shape.keys]
    starts = np.zeros(n, bool)
    starts[0] = True
    for key in keys:
        starts[1:] |= key[1:] != key[:-1]
    at = np.flatnonzero(starts)
    out = {name: key[at] for name, key in zip(shape.keys, keys, strict=False)}
    for names, how in ((shape.sums, np.add), (shape.mins, np.minimum), (shape.maxs, np.maximum)):
        for name in names:
            out[name] = how.reduceat(columns[name][order], at)
    return out


def concatenate(parts: list[Columns], shape: Shape) -> Columns:
    return {name: np.concatenate([p[name] for p in parts]) if parts else np.zeros(0, np.int64) for name in shape.names}
