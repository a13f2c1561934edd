"""The likeliest path through a normal state and several failing levels, exactly, for many series at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVELS = np.array([0.01, 0.03, 0.1, 0.3, 0.6, 0.95])
CLEAR = 3.0  # a level must be this many times the background, or drift of the background would be a finding
CHANGE = (
    0.6  # of the cost of entering; at a half, passing through a low level would be as cheap as leaving and coming back
)
BATCH = 64


@dataclass(frozen=True)
class Steps:
    """One series cut into steps: stretches without a failure are one step each, which changes no path."""

    ok: np.ndarray  # requests that did not fail
    bad: np.ndarray  # requests that failed
    first: np.ndarray  # second of the first request; of the first failure where there is one
    last: np.ndarray  # likewise


def steps(second: np.ndarray, n: np.ndarray, failed: np.ndarray, bucket: np.ndarray) -> Steps:
    """Cut a series (sorted seconds with requests) at changes of `bucket`, and join neighbouring clean buckets.

    Leaving costs nothing and entering is only worth it at a failure, so no best path turns inside a clean stretch.
    """
    if not len(second):
        return Steps(*(np.zeros(0, np.int64) for _ in range(4)))
    cuts = np.flatnonzero(np.r_[True, bucket[1:] != bucket[:-1]])
    dirty = np.add.reduceat(failed, cuts) > 0
    starts = cuts[dirty | np.r_[True, dirty[:-1]]]  # a clean bucket after a clean one starts no step
    total, bad = np.add.reduceat(n, starts), np.add.reduceat(failed, starts)
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(second)]))
    first, last = second[starts].copy(), second[np.r_[starts[1:] - 1, len(second) - 1]].copy()
    hit = np.flatnonzero(failed > 0)
    last[group[hit]] = second[hit]  # later assignments win: the last failure
    first[group[hit[::-1]]] = second[hit[::-1]]
    return Steps(total - bad, bad, first, last)


def gains(p0: float) -> tuple[np.ndarray, np.ndarray]:
    """What one failed and one good request speak for each level against the background rate `p0`, in nats."""
    usable = CLEAR * p0 < LEVELS
    failed = np.where(usable, np.log(LEVELS / p0), -np.inf)
    good = np.where(usable, np.log1p(-LEVELS) - np.log1p(-p0), -np.inf)
    return failed, good


def may_enter(series: Steps, p0: float, gamma: float) -> bool:
    """Exact and cheap screen: a path that pays needs one level with a stretch worth CHANGE gamma."""
    for failed, good in zip(*gains(p0), strict=True):
        if np.isfinite(failed) and len(series.bad):
            walk = np.r_[0.0, np.cumsum(series.bad * failed + series.ok * good)]
            if (walk - np.minimum.accumulate(walk)).max() > CHANGE * gamma:
                return True
    return False


def paths(series: list[Steps], p0: list[float], gamma: list[float]) -> list[np.ndarray]:
    """For each series the state of each step: 0 normal, j the failing level LEVELS[j - 1].

    Entering a failing level costs gamma, changing the level CHANGE gamma, leaving is free.
    """
    out = [np.zeros(len(s.bad), np.int8) for s in series]
    busy = [i for i, s in enumerate(series) if may_enter(s, p0[i], gamma[i])]
    busy.sort(key=lambda i: (len(series[i].bad), i))  # like lengths share a batch
    for at in range(0, len(busy), BATCH):
        batch = busy[at : at + BATCH]
        found = _batch(
            [series[i] for i in batch], np.array([p0[i] for i in batch]), np.array([gamma[i] for i in batch])
        )
        for i, path in zip(batch, found, strict=True):
            out[i] = path[: len(out[i])]
    return out


def _batch(series: list[Steps], p0: np.ndarray, gamma: np.ndarray) -> list[np.ndarray]:
    width, length, levels = len(series), max(len(s.bad) for s in series), len(LEVELS)
    ok, bad = np.zeros((length, width, 1)), np.zeros((length, width, 1))
    for i, s in enumerate(series):
        ok[: len(s.ok), i, 0], bad[: len(s.bad), i, 0] = s.ok, s.bad
    per_bad, per_ok = (np.array(x) for x in zip(*(gains(p) for p in p0), strict=True))
    per_bad, per_ok = np.where(np.isfinite(per_bad), per_bad, -1e12), np.where(np.isfinite(per_ok), per_ok, -1e12)
    enter, change = gamma[:, None], CHANGE * gamma[:, None]
    normal, level = np.zeros((width, 1)), np.full((width, levels), -1e15)
    rows = np.arange(width)
    best = np.zeros((length + 1, width), np.int8)  # the best level before the step, from 1
    left = np.zeros((length + 1, width), bool)  # normal was reached from `best`
    came = np.zeros((length, width, levels), np.int8)  # 0 stayed, 1 entered, 2 changed from `best`
    for t in range(length):
        top = level.argmax(axis=1)
        peak = level[rows, top][:, None]
        best[t] = top + 1
        left[t] = (peak > normal)[:, 0]
        entered, changed = normal - enter, peak - change
        move = np.maximum(entered, changed)
        np.copyto(came[t], np.where(changed > entered, 2, 1), where=move > level)
        normal = np.maximum(normal, peak)
        level = np.maximum(level, move) + bad[t] * per_bad + ok[t] * per_ok
    best[length] = level.argmax(axis=1) + 1
    left[length] = level.max(axis=1) > normal[:, 0]
    return _back(best, left, came)


def _back(best: np.ndarray, left: np.ndarray, came: np.ndarray) -> list[np.ndarray]:
    length, width, _ = came.shape
    states, rows = np.zeros((length, width), np.int8), np.arange(width)
    state = np.where(left[length], best[length], 0)
    for t in range(length - 1, -1, -1):
        states[t] = state
        how = came[t, rows, np.maximum(state, 1) - 1]
        before = np.where(how == 1, 0, np.where(how == 2, best[t], state))
        state = np.where(state > 0, before, np.where(left[t], best[t], 0))
    return list(states.T)
