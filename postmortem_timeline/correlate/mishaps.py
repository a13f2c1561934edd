"""How likely the background's own short bursts of failures make a window by lying near each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from postmortem_timeline.correlate.edges import SECOND
from postmortem_timeline.correlate.failing import Series
from postmortem_timeline.correlate.silence import pooled

PAUSE = 3  # seconds without a failure end a burst
MISHAP = 10  # seconds: a restart, a dropped connection, a page that asks for ten things at once
FEW = 12  # failures of one mishap
TWICE = 2  # so many times the failures of any other burst of the log, and it is none of them
UNSEEN = 0.5  # bursts that a log may have had, where it shows none


def is_mishap(failed: int, seconds: float) -> bool:
    """Whether so many failures within so many seconds may be one mishap."""
    return failed <= FEW and seconds < MISHAP


def chances(rows: Sequence[dict[str, Any]], series: Sequence[Series]) -> list[float]:
    """For each window the chance that bursts, coming as often as beside it, gather like this somewhere in the log.

    Small where a window holds anything that is longer or larger than a burst; a window of one burst is no chance's
    doing, and no outage either (see `is_mishap`).
    """
    return [_chance(row, _own(row, series)) if row["kind"] == "failed" else 0.0 for row in rows]


def _own(row: dict[str, Any], series: Sequence[Series]) -> Series:
    mine = [s for s in series if s.key in row["services"]]
    return pooled(mine or list(series))


def _chance(row: dict[str, Any], s: Series) -> float:
    begin, end, size = bursts(s)
    first, last = row["start_ns"] // SECOND, row["end_ns"] // SECOND
    inside = (begin <= last) & (end >= first)
    largest = max(FEW, TWICE * int(size[~inside].max(initial=0)))
    if not inside.any() or ((size[inside] > largest) | (end[inside] - begin[inside] >= MISHAP)).any():
        return 0.0
    span = max(int(last - first), 1)
    beside = max(int(s.second[-1] - s.second[0]) - span, span)
    return min(_gathered(size[inside], size[~inside], least, span / beside) for least in np.unique(size[inside]).tolist())


def _gathered(inside: np.ndarray, outside: np.ndarray, least: int, part: float) -> float:
    """The chance for bursts of at least `least` failures only: lone failures beside them say nothing of bursts."""
    here, there = int((inside >= least).sum()), int((outside >= least).sum())
    return min(1.0, (here + there) * _at_least(here - 1, (there + UNSEEN) * part))


def bursts(s: Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First second, last second and number of failures of each run of failures without a pause."""
    hit = s.failed > 0
    at, failed = s.second[hit], s.failed[hit]
    if not len(at):
        return at, at, failed
    cuts = np.flatnonzero(np.r_[True, np.diff(at) > PAUSE])
    return at[cuts], at[np.r_[cuts[1:] - 1, len(at) - 1]], np.add.reduceat(failed, cuts)


def _at_least(count: int, expected: float) -> float:
    """Poisson's chance of `count` or more."""
    if count <= 0:
        return 1.0
    below = math.fsum(math.exp(i * math.log(expected) - expected - math.lgamma(i + 1)) for i in range(count))
    return max(0.0, 1.0 - below)
