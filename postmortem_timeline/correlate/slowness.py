"""The stretches in which answers took overwhelmingly longer than is usual for a service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from postmortem_timeline.correlate.failing import Series, Window, failing

BUCKET = 10  # seconds
ENOUGH = 3  # timed requests a bucket needs to have a mean
TIMES = 3.0  # so many times the usual mean
SIGMAS = 6.0  # and so far out of the usual spread of the logarithm
SHORTEST = 60  # seconds
BRIDGE = 30  # seconds of usual speed (or none) that do not end a slow stretch
SPREAD = 0.1  # least spread of the logarithm that is believed


@dataclass(frozen=True)
class Slow:
    """A slow stretch, from the second of its first slow answer to the one after its last."""

    begin: int
    end: int
    score: float
    open_start: bool
    open_end: bool


def slowness(second: np.ndarray, duration_us: np.ndarray, timed: np.ndarray) -> list[Slow]:
    """Stretches in which answers took far longer than usual.

    Buckets decide whether there are any, since one slow answer is nothing; they are blind where few requests come, so
    the edges are those of the stretch in which slow seconds gather as failures would.
    """
    if not timed.sum():
        return []
    at, where = np.unique(second, return_inverse=True)
    total, count = np.bincount(where, duration_us), np.bincount(where, timed)
    found = _stretches(at, total, count)
    windows = _slow_seconds(at, total / count, found)
    return _joined([_edged(run, windows) for run in found])


def _stretches(at: np.ndarray, total: np.ndarray, count: np.ndarray) -> list[Slow]:
    """Runs of buckets whose mean duration is far above the usual one: median and MAD of its logarithm.

    Robust to a slow stretch of up to half of the buckets; where slowness is usual, the spread is wide: no finding.
    """
    bucket, where = np.unique(at // BUCKET, return_inverse=True)
    total, count = np.bincount(where, total), np.bincount(where, count)
    bucket, total, count = (x[count >= ENOUGH] for x in (bucket, total, count))
    if len(bucket) < 2 * SHORTEST // BUCKET:
        return []
    height = np.log(np.maximum(total / count, 1.0))
    usual = float(np.median(height))
    spread = max(1.4826 * float(np.median(np.abs(height - usual))), SPREAD)
    sigmas = (height - usual) / spread
    slow = np.flatnonzero((sigmas >= SIGMAS) & (height - usual >= np.log(TIMES)))
    if not len(slow) or len(slow) * 2 > len(bucket):
        return []
    cuts = np.flatnonzero(np.diff(bucket[slow]) * BUCKET > BUCKET + BRIDGE) + 1
    return [run for part in np.split(slow, cuts) if (run := _run(part, bucket, sigmas))]


def _run(part: np.ndarray, bucket: np.ndarray, sigmas: np.ndarray) -> Slow | None:
    begin, end = int(bucket[part[0]]) * BUCKET, int(bucket[part[-1]] + 1) * BUCKET
    if end - begin < SHORTEST or len(part) * 2 < part[-1] - part[0] + 1:
        return None
    return Slow(begin, end, float(sigmas[part].sum()), bool(part[0] == 0), bool(part[-1] == len(bucket) - 1))


def _slow_seconds(at: np.ndarray, mean_us: np.ndarray, found: list[Slow]) -> list[Window]:
    """Where seconds gather whose answers lie nearer to the slow stretches' than to the usual ones.

    A second is one trial however many answers it holds: only their mean is known.
    """
    if not found:
        return []
    height = np.log(np.maximum(mean_us, 1.0))
    inside = np.zeros(len(at), bool)
    for run in found:
        inside |= (at >= run.begin) & (at < run.end)
    usual, slow = float(np.median(height[~inside])), float(np.median(height[inside]))
    late = height >= max((usual + slow) / 2, usual + np.log(TIMES))
    return failing([Series("", at, np.ones(len(at), np.int64), late.astype(np.int64))])[0][0]


def _edged(run: Slow, windows: list[Window]) -> Slow:
    """The run with the edges of the slow seconds that it lies in."""
    own = [w for w in windows if w.first < run.end and w.last >= run.begin]
    if not own:
        return run
    return Slow(own[0].first, own[-1].last + 1, run.score, own[0].open_start, own[-1].open_end)


def _joined(runs: list[Slow]) -> list[Slow]:
    """Runs that turned out to lie in the same stretch are one."""
    kept: list[Slow] = []
    for run in runs:
        if kept and run.begin <= kept[-1].end:
            last = kept.pop()
            run = Slow(last.begin, max(last.end, run.end), last.score + run.score, last.open_start, run.open_end)
        kept.append(run)
    return kept
