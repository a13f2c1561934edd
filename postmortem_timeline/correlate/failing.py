"""The stretches in which a service fails more often than its own background."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from postmortem_timeline.correlate import background
from postmortem_timeline.correlate.viterbi import CLEAR, LEVELS, Steps, gains, paths, steps

ROUNDS = 3  # rounds of path and background, after which neither moves
STILL = 0.02  # relative change of the background that moves no path
SUSTAINED = 30  # seconds from first to last failure, or
OFTEN = 10  # seconds with failures: less may be a burst of the background and is counted as such
BURSTY = 1.2
NEAR, SPACINGS = 5, 3.0  # windows closer than 3 times the spacing of the 5 failures on a side are one
WIDTHS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
MOST_STEPS = 20_000  # of one series; beyond it the buckets widen, and the edges are found again at full width
EDGE = 4.6  # nats: failures beside a window are its own where the background brings so many so near once in 400 times
SHARED = 200  # requests
LONE = 2.3  # nats more for a single one: every log has lone failures, and some fall beside a window
HEALTHY = 3.0  # nats: less evidence of health than this on one side, and the window is open there


@dataclass(frozen=True)
class Series:
    """Requests of one service: sorted distinct seconds with requests."""

    key: str
    second: np.ndarray
    n: np.ndarray
    failed: np.ndarray


@dataclass(frozen=True)
class Window:
    """A stretch of failure, from the second of its first to that of its last failing request."""

    first: int
    last: int
    requests: int
    failed: int
    score: float  # nats by which the failing levels explain it better than the background
    open_start: bool
    open_end: bool


@dataclass(frozen=True)
class _Fit:
    series: Series
    cut: Steps
    gamma: float
    p0: float
    width: int  # of the steps, seconds
    state: np.ndarray  # of each step
    phi: float = 1.0


def failing(series: list[Series], *, alpha: float = 0.001) -> tuple[list[list[Window]], list[float]]:
    """For each series its failing windows and its background rate.

    Multi-level Viterbi on counts per second (viterbi.py). Entering a window costs ln(N / alpha): alpha is the chance
    that N requests of all series together, nothing being wrong, open one window somewhere (Bonferroni over starts).
    """
    total = max(sum(int(s.n.sum()) for s in series), 1)
    gamma = math.log(total / alpha)
    fits = _settle([_start(s, gamma) for s in series if len(s.n)])
    bursty = [_with_bursts(fit) for fit in fits]
    again = [i for i, fit in enumerate(bursty) if fit is not fits[i]]
    for i, fit in zip(again, _settle([bursty[i] for i in again]), strict=True):
        fits[i] = fit
    fits = _sharpen(fits)
    usual = [_normal(fit) for fit in fits]
    fits = [_joined(_reaching(fit, _others(usual, number))) for number, fit in enumerate(fits)]
    found = {fit.series.key: (_windows(fit), fit.p0) for fit in fits}
    results = [found.get(s.key, ([], 0.0)) for s in series]
    return [windows for windows, _ in results], [p0 for _, p0 in results]


def _start(series: Series, gamma: float) -> _Fit:
    """Steps of one second, or as wide as they must be to stay under the limit."""
    for width in WIDTHS:
        cut = steps(series.second, series.n, series.failed, series.second // width)
        if len(cut.bad) <= MOST_STEPS:
            break
    p0 = background.quiet_rate(series.n, series.failed)
    return _Fit(series, cut, gamma, p0, width, np.zeros(len(cut.bad), np.int8))


def _settle(fits: list[_Fit]) -> list[_Fit]:
    """Path and background in turn, until the background stays where it is."""
    fits, moving = list(fits), list(range(len(fits)))
    for _ in range(ROUNDS):
        some = [fits[i] for i in moving]
        states = paths([f.cut for f in some], [f.p0 for f in some], [f.gamma * f.phi for f in some])
        walked = [_believed(replace(f, state=state)) for f, state in zip(some, states, strict=True)]
        settled = [replace(f, p0=_normal_rate(f)) for f in walked]
        for i, fit in zip(moving, settled, strict=True):
            fits[i] = fit
        moving = [i for i, a, b in zip(moving, some, settled, strict=True) if abs(b.p0 - a.p0) > STILL * a.p0]
    return fits


def _believed(fit: _Fit) -> _Fit:
    """Without windows that the background, its rate being an estimate, explains as well.

    The likelihood ratio of two rates, inside and outside, against one: where the quiet part of a log is short, a
    window must differ from it by more than the quiet part's own chance.
    """
    state, normal = fit.state.copy(), fit.state == 0
    for begin, end in _runs(fit.state):
        apart = background.apart((fit.cut.ok, fit.cut.bad), slice(begin, end), normal)
        if apart < fit.gamma * fit.phi:
            state[begin:end] = 0
    return replace(fit, state=state)


def _normal_rate(fit: _Fit) -> float:
    normal = fit.state == 0
    if not normal.any():
        return fit.p0
    return background.rate((fit.cut.ok + fit.cut.bad)[normal], fit.cut.bad[normal])


def _with_bursts(fit: _Fit) -> _Fit:
    """The fit with the burstiness outside of sustained windows; bursts then belong to the background rate."""
    s, keep = fit.series, np.ones(len(fit.series.second), bool)
    for begin, end in _runs(fit.state):
        first, last = fit.cut.first[begin], fit.cut.last[end - 1]
        if last - first >= SUSTAINED or (fit.cut.bad[begin:end] > 0).sum() >= OFTEN:
            keep[np.searchsorted(s.second, first) : np.searchsorted(s.second, last, "right")] = False
    if not keep.any():
        return fit
    n, failed = s.n[keep], s.failed[keep]
    p0 = background.rate(n, failed)
    phi = background.burstiness(s.second[keep], n, failed, p0)
    return replace(fit, phi=phi, p0=p0) if phi > BURSTY else fit


def _sharpen(fits: list[_Fit]) -> list[_Fit]:
    """Where steps were wide, walk again with full width around the edges found."""
    again = [i for i, f in enumerate(fits) if f.width > 1 and f.state.any()]
    for i in again:
        fits[i] = replace(fits[i], cut=_mixed(fits[i]))
    some = [fits[i] for i in again]
    states = paths([f.cut for f in some], [f.p0 for f in some], [f.gamma * f.phi for f in some])
    for i, state in zip(again, states, strict=True):
        fits[i] = _believed(replace(fits[i], state=state))
    return fits


def _mixed(fit: _Fit) -> Steps:
    s, width = fit.series, fit.width
    bucket = s.second // width * width
    for begin, end in _runs(fit.state):
        for edge in (fit.cut.first[begin], fit.cut.last[end - 1]):
            near = slice(*np.searchsorted(bucket, [edge - 3 * width, edge + 3 * width]))
            bucket[near] = s.second[near]
    return steps(s.second, s.n, s.failed, bucket)


def _normal(fit: _Fit) -> tuple[int, int]:
    """Requests outside the windows: (good, failed)."""
    normal = fit.state == 0
    return int(fit.cut.ok[normal].sum()), int(fit.cut.bad[normal].sum())


def _others(usual: list[tuple[int, int]], number: int) -> tuple[float, float]:
    """What the other series say of a background, for as much as SHARED requests: a short quiet time says little alone."""
    ok, bad = (sum(column) - own for column, own in zip(zip(*usual, strict=True), usual[number], strict=True))
    part = min(1.0, SHARED / max(ok + bad, 1))
    return ok * part, bad * part


def _reaching(fit: _Fit, others: tuple[float, float] = (0.0, 0.0)) -> _Fit:
    """Windows moved out to failures just beside them that the background hardly explains.

    A change of level costs the path as much as half a new window, so it enters a growing fault where that has become
    plain. Once a window is there, where it begins is asked of a few seconds only, and less evidence decides.
    """
    state, runs = fit.state.copy(), _runs(fit.state)
    for number, (begin, end) in enumerate(runs):
        least = runs[number - 1][1] if number else 0
        most = runs[number + 1][0] if number + 1 < len(runs) else len(state)
        span = int(fit.cut.last[end - 1] - fit.cut.first[begin])
        low = max(least, int(np.searchsorted(fit.cut.first, fit.cut.first[begin] - span)))
        high = min(most, int(np.searchsorted(fit.cut.first, fit.cut.last[end - 1] + span, "right")))
        before, level = _reach(fit, np.arange(begin - 1, low - 1, -1), others)
        state[begin - before : begin] = level
        after, level = _reach(fit, np.arange(end, high), others)
        state[end : end + after] = level
    return replace(fit, state=state)


def _reach(fit: _Fit, outward: np.ndarray, others: tuple[float, float]) -> tuple[int, int]:
    """How many of the steps `outward` from an edge belong to the window, and at which level."""
    cut, (rest_ok, rest_bad) = fit.cut, _normal(fit)
    ok, bad = cut.ok[outward].cumsum(), cut.bad[outward].cumsum()
    best, far = EDGE * fit.phi, 0
    for at in np.flatnonzero(cut.bad[outward]).tolist():
        mine = (ok[at], bad[at])
        rest = (rest_ok - ok[at] + others[0], rest_bad - bad[at] + others[1])
        if bad[at] * sum(rest) <= CLEAR * rest[1] * sum(mine):
            continue
        apart = background.likelihood_ratio(mine, rest) - (LONE if bad[at] == 1 else 0.0)
        if apart >= best:
            best, far = apart, at + 1
    usable = np.flatnonzero(CLEAR * fit.p0 < LEVELS)
    if not far or not len(usable):
        return 0, 0
    share = bad[far - 1] / (ok[far - 1] + bad[far - 1])
    return far, int(usable[np.abs(np.log(LEVELS[usable] / share)).argmin()]) + 1


def _joined(fit: _Fit) -> _Fit:
    """Close gaps that are no longer than the pauses beside them: a slow burn's first failures are far apart."""
    state, hit = fit.state.copy(), np.flatnonzero(fit.cut.bad)
    runs = _runs(fit.state)
    for (begin, end), (after, until) in pairwise(runs):
        left, right = hit[(hit >= begin) & (hit < end)][-NEAR - 1 :], hit[(hit >= after) & (hit < until)][: NEAR + 1]
        if not len(left) or not len(right):
            continue
        first, last = fit.cut.first, fit.cut.last
        pause = max(np.diff(first[part]).mean() if len(part) > 1 else 0.0 for part in (left, right))
        if first[right[0]] - last[left[-1]] <= SPACINGS * pause:
            state[end:after] = state[after]
    return replace(fit, state=state)


def _runs(state: np.ndarray) -> list[tuple[int, int]]:
    """Half-open index ranges of failing steps."""
    edge = np.flatnonzero(np.diff(np.r_[False, state > 0, False].astype(np.int8)))
    return list(zip(edge[::2].tolist(), edge[1::2].tolist(), strict=True))


def _windows(fit: _Fit) -> list[Window]:
    per_bad, per_ok = gains(fit.p0)
    found = []
    for begin, end in _runs(fit.state):
        cut, level = fit.cut, fit.state[begin:end] - 1
        score = float((cut.bad[begin:end] * per_bad[level] + cut.ok[begin:end] * per_ok[level]).sum())
        hit = begin + np.flatnonzero(cut.bad[begin:end])
        if score < fit.gamma * fit.phi or not len(hit):
            continue
        first, last = int(cut.first[hit[0]]), int(cut.last[hit[-1]])
        inside = slice(*np.searchsorted(fit.series.second, [first, last + 1]))
        requests, failed = int(fit.series.n[inside].sum()), int(fit.series.failed[inside].sum())
        found.append(
            Window(first, last, requests, failed, score / fit.phi,
                   _health(fit, 0, begin, per_bad, per_ok, level[0]) < HEALTHY,
                   _health(fit, end, len(cut.bad), per_bad, per_ok, level[-1]) < HEALTHY)
        )  # fmt: skip
    return found


def _health(fit: _Fit, begin: int, end: int, per_bad: np.ndarray, per_ok: np.ndarray, level: int) -> float:
    """Evidence in steps begin..end that the service was not failing at `level`, in nats."""
    normal = fit.state[begin:end] == 0
    bad, ok = fit.cut.bad[begin:end][normal], fit.cut.ok[begin:end][normal]
    return float(-(bad.sum() * per_bad[level] + ok.sum() * per_ok[level]))
