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
FINE_S = 0.6  # a tight difference of more than this is a clock
FEWEST_TO_DRIFT, MOST_TO_DRIFT, SHORTEST_H = 40, 20_000, 0.3  # pairs, pairs, hours that tell a drift
BESIDE_S = 10
SLOPES = np.r_[-60:61:1.0]  # seconds an hour; quartz gains some seconds a day, a starved virtual machine minutes an hour
STEEPER = 1.4  # times as high a peak; noise makes one slope of many a little better
NEAR_S = 2  # records of one request are told within two seconds of each other


@dataclass(frozen=True)
class Offset:
    """How far one source's stamps are ahead of another's, and what speaks for it."""

    seconds: float
    pairs: int  # differences within two seconds of the peak
    peak: int  # ... and within the best three seconds
    elsewhere: int  # the best three seconds that lie a minute or more away
    tight: bool = False  # nearly all pairs differ by it, on one side: no latency, which has pairs without any
    drift_per_hour: float = 0.0  # by how much more each hour; `seconds` holds at `at_ns`
    at_ns: int = 0  # the middle of the pairs, as the other source stamps
    drift_known: bool = False  # enough pairs over enough time to tell a drift

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
    at_ns: Ints | None = None,
    *,
    at_least: int = 5,  # fewer meet by chance
    above: float = 2.5,  # of the best elsewhere
    above_near: float = 1.5,  # of the best within a minute: sessions have broad shoulders, a poller's comb equal teeth
    chance: float = 1e-4,
    kinds: int = 3,  # distinct users or traces: one of them alone is a habit, not a clock
) -> Offset | None:
    """The one difference that stands out of all, or None; `keys` are the users or traces that they are from.

    With the times `at_ns` of the pairs, a drift is looked for and taken out first.
    """
    inside = np.abs(diff_ns) < REACH_S * NS
    diff_ns, keys = diff_ns[inside], keys[inside]
    if len(diff_ns) < at_least:
        return None
    slope, middle_ns, long = 0.0, 0, False
    if at_ns is not None:
        at_ns = at_ns[inside]
        middle_ns, long = (int(at_ns.min()) + int(at_ns.max())) // 2, _tells_drift(at_ns)
        slope, diff_ns = without_drift(diff_ns, at_ns)
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
    seconds = float(np.median(diff_ns[near])) / NS
    known = long and at_ns is not None and _tells_drift(at_ns[near])
    tight = _tight(diff_ns[near] / NS, seconds)
    return Offset(seconds, int(near.sum()), peak, elsewhere, tight, slope, middle_ns, known)


def _tight(near: npt.NDArray[np.float64], middle: float) -> bool:
    """Whether nine pairs of ten lie on the median's side of zero by more than rounding to seconds explains."""
    low, high = np.quantile(near, [0.1, 0.9])
    return len(near) >= 20 and bool(min(abs(low), abs(high)) > 0.5 and low * high > 0 and abs(middle) > FINE_S)


def _tells_drift(at_ns: Ints) -> bool:
    """Whether there are enough pairs over enough time, most of them not in one heap."""
    if len(at_ns) < FEWEST_TO_DRIFT:
        return False
    early, late = np.quantile(at_ns, [0.1, 0.9])
    return bool(late - early >= SHORTEST_H * 3.6e12)


def without_drift(diff_ns: Ints, at_ns: Ints) -> tuple[float, Ints]:
    """The drift (seconds an hour) that makes the peak of the differences stand out, and the differences without it.

    A clock that gains smears its peak over what it gained. The slope is sought around the highest peak, then fitted.
    """
    hours = (at_ns - (int(at_ns.min()) + int(at_ns.max())) // 2) / 3.6e12
    if len(diff_ns) < FEWEST_TO_DRIFT or np.ptp(hours) < SHORTEST_H:
        return 0.0, diff_ns
    seconds = diff_ns / NS
    count = np.bincount((seconds + REACH_S).astype(np.int64), minlength=2 * REACH_S + 1)
    wide = np.convolve(count, np.ones(2 * BESIDE_S + 1, np.int64), "same")
    near = np.abs(seconds - (int(wide.argmax()) - REACH_S)) <= 6 * BESIDE_S
    some, at = seconds[near][:: max(1, int(near.sum()) // MOST_TO_DRIFT)], hours[near][:: max(1, int(near.sum()) // MOST_TO_DRIFT)]
    peaks = np.array([_peak(some - slope * at)[0] for slope in SLOPES])
    best = int(peaks.argmax())
    if peaks[best] < STEEPER * peaks[len(SLOPES) // 2]:
        return 0.0, diff_ns
    slope = float(SLOPES[best])
    for _ in range(3):  # fitted to the pairs of the peak
        rest = some - slope * at
        mine = np.abs(rest - _peak(rest)[1]) <= 1.5
        slope += float(np.polyfit(at[mine], rest[mine], 1)[0])
    return round(slope, 3), diff_ns - np.rint(slope * hours * NS).astype(np.int64)


def _peak(seconds: npt.NDArray[np.float64]) -> tuple[int, float]:
    """The most values within two seconds, and their middle."""
    low = float(seconds.min())
    two = np.convolve(np.bincount((seconds - low).astype(np.int64)), [1, 1])
    return int(two.max()), low + float(two.argmax())


def _log_tail(count: int, expected: float) -> float:
    """An upper bound of log P(Poisson(expected) >= count): Chernoff's."""
    return -(count * math.log(count / expected) - count + expected) if count > expected else 0.0
