"""The stretches in which answers took overwhelmingly longer than is usual for a service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BUCKET = 10  # seconds
ENOUGH = 3  # timed requests a bucket needs to have a mean
TIMES = 3.0  # so many times the usual mean
SIGMAS = 6.0  # and so far out of the usual spread of the logarithm
SHORTEST = 60  # seconds
BRIDGE = 30  # seconds of usual speed (or none) that do not end a slow stretch
SPREAD = 0.1  # least spread of the logarithm that is believed


@dataclass(frozen=True)
class Slow:
    """A slow stretch of whole buckets."""

    begin: int
    end: int
    score: float
    open_start: bool
    open_end: bool


def slowness(second: np.ndarray, duration_us: np.ndarray, timed: np.ndarray) -> list[Slow]:
    """Runs of buckets whose mean duration is far above the usual one: median and MAD of its logarithm.

    Robust to a slow stretch of up to half of the buckets; where slowness is usual, the spread is wide: no finding.
    """
    if not timed.sum():
        return []
    bucket, where = np.unique(second // BUCKET, return_inverse=True)
    total, count = np.bincount(where, duration_us), np.bincount(where, timed)
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
