"""How often requests fail when nothing is wrong: the rate, and whether those failures come in bursts."""

from __future__ import annotations

import numpy as np

BLOCKS = 20
APART = 20.0  # nats; sorting blocks of one rate sets their halves about 5 apart
BURST_BINS = (10, 60)  # seconds; retries of one user come within the first, retries with a pause within the second
HABIT = 2  # beside the largest, so many plain bursts make a habit
PRIOR = 5.0  # expected failures that stand for "no bursts" while there are few to judge by


def quiet_rate(n: np.ndarray, failed: np.ndarray) -> float:
    """A first guess: the failure rate of the quieter half of 20 blocks of equally many requests.

    Blocks of requests, not of time: an outage that silences users must not hide in a block of its own.
    """
    before = np.cumsum(n) - n
    block = np.minimum(before * BLOCKS // max(int(n.sum()), 1), BLOCKS - 1)
    total, bad = np.bincount(block, n, BLOCKS), np.bincount(block, failed, BLOCKS)
    quiet = np.argsort(bad / np.maximum(total, 1), kind="stable")
    quiet = quiet[total[quiet] > 0]
    half = quiet[: max(1, len(quiet) // 2)]
    while len(half) > 1 and _two_rates(total[half], bad[half]):  # most of the log is outage
        half = half[: len(half) // 2]
    return rate(total[half], bad[half])


def _two_rates(n: np.ndarray, failed: np.ndarray) -> bool:
    """Whether the first half of these blocks, sorted by rate, has plainly another rate than the rest."""
    first = np.arange(len(n)) < len(n) // 2
    return apart((n - failed, failed), first, ~first) > APART


def apart(ok_bad: tuple[np.ndarray, np.ndarray], some: np.ndarray | slice, rest: np.ndarray) -> float:
    """Nats by which two failure rates explain `some` and `rest` better than one does (likelihood ratio)."""
    ok, bad = ok_bad
    return likelihood_ratio((ok[some].sum(), bad[some].sum()), (ok[rest].sum(), bad[rest].sum()))


def likelihood_ratio(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The same, of counts (ok, bad)."""
    return _likelihood(*a) + _likelihood(*b) - _likelihood(a[0] + b[0], a[1] + b[1])


def _likelihood(ok: float, bad: float) -> float:
    n = ok + bad
    return float(sum(x * np.log(x / n) for x in (ok, bad) if x > 0))


def rate(n: np.ndarray, failed: np.ndarray) -> float:
    """Failures per request, smoothed by half a failure so that it is never 0."""
    return (float(failed.sum()) + 0.5) / (float(n.sum()) + 1.0)


def burstiness(second: np.ndarray, n: np.ndarray, failed: np.ndarray, p0: float) -> float:
    """How many failures one independent mishap brings: the dispersion of failures around `p0` per request.

    Pearson's statistic over its expectation: 1 for independent failures, the (size-weighted) mean burst for bursts.
    The largest deviation is left out: one mishap is no habit, and may be the outage.
    """
    if not len(second):
        return 1.0
    worst = 1.0
    for width in BURST_BINS:
        bins = (second - second[0]) // width
        cuts = np.flatnonzero(np.r_[True, bins[1:] != bins[:-1]])
        expected, seen = p0 * np.add.reduceat(n, cuts), np.add.reduceat(failed, cuts)
        square = (seen - expected) ** 2
        top = int(square.argmax())
        rest = float(square.sum() - square[top])
        worst = max(worst, (rest + PRIOR) / (float(expected.sum() - expected[top]) + PRIOR))
        bursts = np.delete(seen - expected, top)[np.delete(seen > expected + 4 * np.sqrt(expected) + 3, top)]
        if len(bursts) >= HABIT:  # singles between them would hide their size
            worst = max(worst, float(bursts.mean()))
    return worst
