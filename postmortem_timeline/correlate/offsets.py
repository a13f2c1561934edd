"""The mode of time differences: by how much one source's stamps are ahead of another's, from records that both tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

NS = 1_000_000_000
REACH_S = 27 * 3600  # two wrong zones can lie 26 hours apart
MOST_PAIRS_A_KEY = 2_500  # a robot that is everywhere at all times says nothing of a clock
MOST_PAIRS = 2_000_000
NEAR_S = 2  # records of one request are told within two seconds of each other


@dataclass(frozen=True)
class Offset:
    """How far one source's stamps are ahead of another's, and what speaks for it."""

    seconds: float
    pairs: int  # differences within two seconds of the peak
    peak: int  # ... and within the best three seconds
    elsewhere: int  # the best three seconds that lie a minute or more away

    @property
    def confidence(self) -> float:
        """Grows with the pairs and with how far the peak stands above all else; 0.9 is about 20 pairs at 6 to 1."""
        ratio = self.peak / max(self.elsewhere, 1)
        return round(min(0.99, (1 - math.exp(-self.pairs / 7)) * (1 - math.exp(-(ratio - 1) / 1.5))), 3)


def differences(a_keys: Keys, a_ns: Ints, b_keys: Keys, b_ns: Ints) -> tuple[Ints, Ints, Ints]:
    """All differences a - b between records of one key, with the rows of a and of b that each is from.

    Bounded: a key with too many pairs is left out, and of the rest those of the smallest keys are taken (hashes, so
    this is a fair sample and the same one each time).
    """
    by_a, by_b = np.argsort(a_keys, kind="stable"), np.argsort(b_keys, kind="stable")
    a_sorted, b_sorted = a_keys[by_a], b_keys[by_b]
    first = np.searchsorted(b_sorted, a_sorted, "left")
    many = np.searchsorted(b_sorted, a_sorted, "right") - first
    alike = np.searchsorted(a_sorted, a_sorted, "right") - np.searchsorted(a_sorted, a_sorted, "left")
    many = np.where(many * alike > MOST_PAIRS_A_KEY, 0, many)
    many = np.where(np.cumsum(many) > MOST_PAIRS, 0, many)
    rows_a = np.repeat(by_a, many)
    within = np.arange(len(rows_a)) - np.repeat(np.cumsum(many) - many, many)
    rows_b = by_b[np.repeat(first, many) + within]
    return a_ns[rows_a] - b_ns[rows_b], rows_a, rows_b


def mode(
    diff_ns: Ints,
    keys: Keys,
    *,
    at_least: int = 5,  # fewer meet by chance
    above: float = 2.5,  # of the best elsewhere
    above_near: float = 1.5,  # of the best within a minute: sessions have broad shoulders, a poller's comb equal teeth
    chance: float = 1e-4,
    kinds: int = 3,  # distinct users or traces: one of them alone is a habit, not a clock
) -> Offset | None:
    """The one difference that stands out of all, or None; `keys` are the users or traces that they are from."""
    inside = np.abs(diff_ns) < REACH_S * NS
    diff_ns, keys = diff_ns[inside], keys[inside]
    if len(diff_ns) < at_least:
        return None
    count = np.bincount(diff_ns // NS + REACH_S, minlength=2 * REACH_S + 1)
    three = np.convolve(count, [1, 1, 1], "same")
    best = int(three.argmax())
    peak = int(three[best])
    three[max(0, best - 3) : best + 4] = 0
    beside = int(three[max(0, best - 60) : best + 61].max())
    three[max(0, best - 60) : best + 61] = 0
    elsewhere = int(three.max())
    bins = int(diff_ns.max() // NS - diff_ns.min() // NS) + 1  # what two short logs can differ by
    unlikely = _log_tail(peak, 3 * len(diff_ns) / max(bins, REACH_S // 27)) + math.log(bins) < math.log(chance)
    if peak < max(at_least, above * elsewhere, above_near * beside) or not unlikely:
        return None
    middle = np.int64((best - REACH_S) * NS + NS // 2)
    near = np.abs(diff_ns - middle) <= NEAR_S * NS
    if len(np.unique(keys[near])) < kinds:
        return None
    return Offset(float(np.median(diff_ns[near])) / NS, int(near.sum()), peak, elsewhere)


def _log_tail(count: int, expected: float) -> float:
    """An upper bound of log P(Poisson(expected) >= count): Chernoff's."""
    return -(count * math.log(count / expected) - count + expected) if count > expected else 0.0
