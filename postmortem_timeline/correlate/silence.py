"""The stretches in which expected requests did not come, and whether anything was there to notice."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.clocks import families
from postmortem_timeline.correlate.failing import Series

SIDE = 1800  # seconds on either side that say what traffic was expected
RECENT = 20  # seconds with requests that say it as well, so that traffic which fades away expects little
SHORTEST = 10  # seconds; a pause of the program's own (garbage collection, a reload) is shorter
ALIKE = 5  # so many gaps half as long or longer, and gaps are how this traffic is
TYPICAL = 3.0  # a gap must be this many times the longest usual one
KNOWN = 10  # seconds with requests needed on a side to expect anything
MEDIAN_WAIT = 1.68  # median of Gamma(2, 1), see `Gap`
QUARTER = 900  # files are cut at full quarters of an hour (in any zone); an end there is an end of the file


@dataclass(frozen=True)
class Gap:
    """A stretch without requests: `before` and `after` are the seconds of the last and next request.

    The moment at which traffic was cut falls into a long spacing rather than a short one: what had been the
    spacing around it is Gamma(2)-distributed, so the first missing request was due 1.68 / rate after the last seen.
    """

    keys: tuple[str, ...]
    before: int
    after: int
    rate: float  # requests per second beside it
    score: float
    open_end: bool = False
    covered: bool = True

    def edges_ns(self) -> tuple[int, int]:
        """First and last missing request, estimated."""
        wait = min(MEDIAN_WAIT / self.rate, (self.after - self.before) / 4)
        start = self.before + 0.5 + wait
        end = self.after if self.open_end else self.after + 0.5 - wait
        return int(start * 1000) * 1_000_000, int(end * 1000) * 1_000_000


@dataclass(frozen=True)
class Cover:
    """Which sources recorded when: all records, requests or not."""

    seconds: dict[str, np.ndarray]  # of each source, sorted
    entry: frozenset[str]  # the sources of the vantage
    hosts: frozenset[str]  # other sources of the vantage's hosts
    family: dict[str, str] = field(default_factory=dict)  # source -> the log that it is a rotated part of

    def resumed(self, before: int, after: int) -> bool:
        """Whether a log of the vantage was written on both sides: a log may be rotated while nobody asks."""
        sides = (self.seen(before - SIDE, before + 1), self.seen(after, after + SIDE))
        one, other = ({self.family.get(name, name) for name in self.entry & side} for side in sides)
        return bool(one & other)

    def seen(self, begin: float, end: float) -> set[str]:
        return {name for name, t in self.seconds.items() if np.searchsorted(t, begin) < np.searchsorted(t, end)}


def silence(series: list[Series], together: Series, cover: Cover, *, alpha: float = 0.001) -> list[Gap]:
    """Gaps in the requests of a service or of all; those that all sources share come with `covered` False.

    `together` is `pooled(series)`. A gap of G seconds is chance with probability exp(-rate G), and it counts below
    alpha / all seconds with requests.
    """
    gamma = math.log(max(sum(len(s.second) for s in series), 1) / alpha)
    found = [(s, gap) for s in [together, *series] if len(s.second) for gap in _gaps(s, gamma, cover, s is together)]
    return [_cover(gap, cover) for gap in _combine(found, series, together)]


def pooled(series: list[Series]) -> Series:
    """All requests as one series, named by an empty key."""
    if not series:
        return Series("", *(np.zeros(0, np.int64) for _ in range(3)))
    second = np.concatenate([s.second for s in series])
    n, failed = (np.concatenate([getattr(s, name) for s in series]) for name in ("n", "failed"))
    distinct, where = _distinct(second)
    sums = (np.bincount(where, column, len(distinct)).astype(np.int64) for column in (n, failed))
    return Series("", distinct, *sums)


def _distinct(second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sorted distinct seconds and where each one went; without sorting where seconds are dense."""
    low, span = int(second.min()), int(second.max() - second.min()) + 1
    if span > 4 * len(second):
        found, where = np.unique(second, return_inverse=True)
        return found, where
    present = np.bincount(second - low, minlength=span) > 0
    return np.flatnonzero(present) + low, (np.cumsum(present) - 1)[second - low]


def _gaps(s: Series, gamma: float, cover: Cover, is_all: bool) -> list[Gap]:
    t = s.second
    length = np.diff(t)
    usual = np.sort(length)[: max(len(length) - ALIKE, 1)]
    least = max(float(SHORTEST), TYPICAL * float(np.quantile(usual, 0.999))) if len(usual) else math.inf
    out = []
    for i in np.flatnonzero(length >= least).tolist():
        if (length * 2 >= length[i]).sum() > ALIKE:
            continue
        expected = min(_rate(t, i, -1), _rate(t, i + 1, 1))
        if expected * length[i] >= gamma:
            out.append(Gap((s.key,), int(t[i]), int(t[i + 1]), _pace(t, i, i + 1), float(expected * length[i])))
    if is_all and (tail := _tail(t, least, gamma, cover)):
        out.append(tail)
    return out


def _tail(t: np.ndarray, least: float, gamma: float, cover: Cover) -> Gap | None:
    """Traffic that never came back: only where a source of the same host goes on, and the file was not just cut off."""
    ends = [int(t[-1]) for name, t in cover.seconds.items() if name in cover.hosts and len(t)]
    if not ends or int(t[-1]) % QUARTER in (0, QUARTER - 1, QUARTER - 2):
        return None
    end, last = max(ends), int(t[-1])
    expected, length = _rate(t, len(t) - 1, -1), end - last
    if length < least or expected * length < gamma or length > last - int(t[0]):
        return None
    return Gap(("",), last, end, _rate(t, len(t) - 1, -1, 0.0), expected * length, open_end=True)


def _rate(t: np.ndarray, i: int, side: int, errors: float = 1.0) -> float:
    """Requests per second expected next to index `i`, as if single: the lower of half an hour's and the latest's.

    From the share of seconds with requests, 1 - exp(-rate): a page that asks for twenty things at once is one visit.
    """
    lo, hi = np.searchsorted(t, t[i] - SIDE), np.searchsorted(t, t[i] + SIDE, "right") - 1
    near = (max(i - RECENT, 0), i) if side < 0 else (i, min(i + RECENT, len(t) - 1))
    far = (min(lo, near[0]), i) if side < 0 else (i, max(hi, near[1]))
    rates = []
    for a, b in (near, far):
        if b - a < KNOWN:
            return 0.0
        seconds = max(int(t[b] - t[a]), 1)
        count = b - a - errors * math.sqrt(b - a)  # a standard error below what was seen, few requests saying little
        rates.append(-math.log(max(1.0 - count / seconds, 0.5 / (seconds + 1))))
    return min(rates)


def _combine(found: list[tuple[Series, Gap]], series: list[Series], together: Series) -> list[Gap]:
    """Gaps of services that fall silent together are one, measured on the sum of those services."""
    out: list[Gap] = []
    left = sorted((gap for _, gap in found), key=lambda g: (-g.score, g.before, g.keys))
    while left:
        top = left[0]
        middle = (top.before + top.after) / 2
        same = [g for g in left if g.before < middle < g.after]
        left = [g for g in left if not (g.before < middle < g.after)]
        keys = tuple(sorted({key for g in same for key in g.keys if key}))
        if any(g.keys == ("",) for g in same):
            top = next(g for g in same if g.keys == ("",))
            out.append(top)
            continue
        out.append(_measured(top, keys, pooled([s for s in series if s.key in keys]), middle))
    # a gap that overlaps a stronger one is its shadow in rarer traffic
    kept: list[Gap] = []
    for gap in out:
        if not any(gap.before < k.after and k.before < gap.after for k in kept):
            kept.append(gap)
    return sorted(kept, key=lambda g: (g.before, g.keys))


def _measured(top: Gap, keys: tuple[str, ...], s: Series, middle: float) -> Gap:
    at = int(np.searchsorted(s.second, middle))
    before, after = int(s.second[at - 1]), int(s.second[at])
    return Gap(keys, before, after, max(_pace(s.second, at - 1, at), top.rate), top.score)


def _pace(t: np.ndarray, last: int, following: int) -> float:
    """Requests per second on both sides of a gap, as seen."""
    return min(_rate(t, last, -1, 0.0), _rate(t, following, 1, 0.0))


def _cover(gap: Gap, cover: Cover) -> Gap:
    """Dark needs a witness: some source went on meanwhile, and the entry came back or its host was heard."""
    margin = 0.05 * (gap.after - gap.before)
    inside = cover.seen(gap.before + 1 + margin, gap.after - margin)
    resumed = cover.resumed(gap.before, gap.after)
    return replace(gap, covered=bool(inside) and bool(resumed or inside & cover.hosts or inside & cover.entry))


def cover(levels: pd.DataFrame, sources: pd.DataFrame | None, entry: frozenset[str]) -> Cover:
    """The coverage of `levels` (source, second) by `sources` (Evidence.sources)."""
    code, names = pd.factorize(levels["source"], sort=True)
    second = levels["second"].to_numpy(np.int64)
    seconds = {str(name): _distinct(second[code == i])[0] for i, name in enumerate(names)}
    hosts: frozenset[str] = frozenset()
    if sources is not None:
        entry_hosts = set(sources.loc[sources["source"].isin(entry), "host"].dropna())
        hosts = frozenset(sources.loc[sources["host"].isin(entry_hosts) & ~sources["source"].isin(entry), "source"])
    return Cover(seconds, entry, hosts, families(sources) if sources is not None else {})
