"""A measure over incidents: n, median, p90 and what they leave open; and whether two halves differ at all."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = (
    30  # below so many values a change is not spoken of, whatever it looks like (research: incident metrics are skewed)
)


@dataclass(frozen=True)
class Spread:
    """Seconds. `low` and `high` bound the median with 95% confidence; null where too few values bound it."""

    n: int
    median: float | None
    p90: float | None
    low: float | None
    high: float | None
    least: float | None
    most: float | None


@dataclass(frozen=True)
class Change:
    """Whether the later half differs from the earlier: `verdict` is too few, no difference shown, shorter or longer."""

    verdict: str
    n: int
    p: float | None = None


def spread(values: Sequence[float]) -> Spread:
    """Order statistics; the interval of the median is that of the sign test, exact for any distribution."""
    ordered = sorted(values)
    n = len(ordered)
    if not n:
        return Spread(0, None, None, None, None, None, None)
    rank = _sign_rank(n)
    low, high = (ordered[rank], ordered[n - 1 - rank]) if rank is not None else (None, None)
    p90 = quantile(ordered, 0.9) if n >= 5 else None
    return Spread(n, quantile(ordered, 0.5), p90, low, high, ordered[0], ordered[-1])


def quantile(ordered: Sequence[float], q: float) -> float:
    """Hyndman and Fan's type 7, as numpy has it."""
    place = q * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _sign_rank(n: int) -> int | None:
    """The largest rank k for which [x_k, x_(n-1-k)] covers the median with 95%; null below six values."""
    tail, best = 0.0, None
    for k in range(n // 2):
        tail += math.comb(n, k) / 2**n
        if tail > 0.025:
            break
        best = k
    return best


def change(dated: Sequence[tuple[str, float]]) -> Change:
    """The earlier half against the later by Mann and Whitney's test, ties corrected; said only where the numbers carry it."""
    ordered = [value for _, value in sorted(dated)]
    n = len(ordered)
    if n < ENOUGH:
        return Change("too few", n)
    early, late = ordered[: n // 2], ordered[n // 2 :]
    p, less = _mann_whitney(early, late)
    if p > 0.05:
        return Change("no difference shown", n, round(p, 4))
    return Change("shorter" if less else "longer", n, round(p, 4))


def _mann_whitney(early: Sequence[float], late: Sequence[float]) -> tuple[float, bool]:
    """(two-sided p by the normal approximation, whether the later values are the smaller ones)."""
    wins = sum((b > a) + 0.5 * (b == a) for a in early for b in late)
    m, n = len(early), len(late)
    ties = Counter([*early, *late]).values()
    total = m + n
    spread_of = m * n / 12 * (total + 1 - sum(t**3 - t for t in ties) / (total * (total - 1)))
    if spread_of <= 0:
        return 1.0, False
    z = (abs(wins - m * n / 2) - 0.5) / math.sqrt(spread_of)
    return math.erfc(max(z, 0.0) / math.sqrt(2)), wins < m * n / 2
