"""The stretches in which expected requests did not come, and whether anything was there to notice."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.failing import Series

SIDE = 1800  # seconds on either side that say what traffic was expected
RECENT = 20  # seconds with requests that say it as well, so that traffic which fades away expects little
SHORTEST = 10  # seconds; a pause of the program's own (garbage collection, a reload) is shorter
ALIKE = 5  # so many gaps half as long or longer, and gaps are how this traffic is
TYPICAL = 3.0  # a gap must be this many times the longest usual one
KNOWN = 5  # seconds with requests needed on a side to expect anything
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
    rate: float  # requests per second that were expected
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
    """Which sources recorded when: all records, requests or not, sorted by second."""

    second: np.ndarray
    source: np.ndarray
    entry: frozenset[str]  # the sources of the vantage
    hosts: frozenset[str]  # other sources of the vantage's hosts

    def seen(self, begin: float, end: float) -> set[str]:
        return set(self.source[slice(*np.searchsorted(self.second, [begin, end]))].tolist())


def silence(series: list[Series], cover: Cover, *, alpha: float = 0.001) -> list[Gap]:
    """Gaps in the requests of a service or of all; those that all sources share come with `covered` False.

    A gap of G seconds is chance with probability exp(-rate G), and it counts below alpha / all seconds with requests.
    """
    gamma = math.log(max(sum(len(s.second) for s in series), 1) / alpha)
    together = pooled(series)
    found = [(s, gap) for s in [together, *series] if len(s.second) for gap in _gaps(s, gamma, cover, s is together)]
    return [_cover(gap, cover) for gap in _combine(found, series, together)]


def pooled(series: list[Series]) -> Series:
    """All requests as one series, named by an empty key."""
    if not series:
        return Series("", *(np.zeros(0, np.int64) for _ in range(3)))
    second, where = np.unique(np.concatenate([s.second for s in series]), return_inverse=True)
    n = np.bincount(where, np.concatenate([s.n for s in series]), len(second)).astype(np.int64)
    failed = np.bincount(where, np.concatenate([s.failed for s in series]), len(second)).astype(np.int64)
    return Series("", second, n, failed)


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
            out.append(Gap((s.key,), int(t[i]), int(t[i + 1]), expected, float(expected * length[i])))
    if is_all and (tail := _tail(t, least, gamma, cover)):
        out.append(tail)
    return out


def _tail(t: np.ndarray, least: float, gamma: float, cover: Cover) -> Gap | None:
    """Traffic that never came back: only where a source of the same host goes on, and the file was not just cut off."""
    on_host = cover.second[np.isin(cover.source, sorted(cover.hosts))]
    if not len(on_host) or int(t[-1]) % QUARTER in (0, QUARTER - 1, QUARTER - 2):
        return None
    end, last = int(on_host[-1]), int(t[-1])
    expected, length = _rate(t, len(t) - 1, -1), end - last
    if length < least or expected * length < gamma or length > last - int(t[0]):
        return None
    return Gap(("",), last, end, expected, expected * length, open_end=True)


def _rate(t: np.ndarray, i: int, side: int) -> float:
    """Requests per second expected next to index `i`, as if they came singly: the lower of half an hour's and the latest's.

    From the share of seconds with requests, 1 - exp(-rate): a page that asks for twenty things at once is one visit.
    """
    lo, hi = (np.searchsorted(t, t[i] - SIDE), i) if side < 0 else (i, np.searchsorted(t, t[i] + SIDE, "right") - 1)
    rates = []
    for a, b in ((lo, hi), (max(lo, i - RECENT), i) if side < 0 else (i, min(hi, i + RECENT))):
        if b - a < KNOWN:
            return 0.0
        share = (b - a) / max(int(t[b] - t[a]), 1)
        rates.append(-math.log(max(1.0 - share, 0.5 / (b - a + 1))))
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
    rate = max(min(_rate(s.second, at - 1, -1), _rate(s.second, at, 1)), top.rate)
    return Gap(keys, before, after, rate, rate * (after - before))


def _cover(gap: Gap, cover: Cover) -> Gap:
    """Dark needs a witness: some source went on meanwhile, and the entry came back or its host was heard."""
    margin = 0.05 * (gap.after - gap.before)
    inside = cover.seen(gap.before + 1 + margin, gap.after - margin)
    resumed = cover.entry & cover.seen(gap.before - SIDE, gap.before + 1) & cover.seen(gap.after, gap.after + SIDE)
    return replace(gap, covered=bool(inside) and bool(resumed or inside & cover.hosts or inside & cover.entry))


def cover(levels: pd.DataFrame, sources: pd.DataFrame | None, entry: frozenset[str]) -> Cover:
    """The coverage of `levels` (source, second) by `sources` (Evidence.sources)."""
    ordered = levels[["second", "source"]].sort_values(["second", "source"], kind="stable")
    hosts: frozenset[str] = frozenset()
    if sources is not None:
        entry_hosts = set(sources.loc[sources["source"].isin(entry), "host"].dropna())
        hosts = frozenset(sources.loc[sources["host"].isin(entry_hosts) & ~sources["source"].isin(entry), "source"])
    return Cover(ordered["second"].to_numpy(np.int64), ordered["source"].astype(object).to_numpy(), entry, hosts)
