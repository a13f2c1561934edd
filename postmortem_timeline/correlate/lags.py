"""Who became slow, told from the lags inside traces alone: a fault that fails nothing still makes its callers wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.entries import Entry
from postmortem_timeline.correlate.hops import hops
from postmortem_timeline.correlate.marks import Mark, choose, mark
from postmortem_timeline.frame import cite

SECOND = 1_000_000_000
BUCKET = 10 * SECOND
MOST_BUCKETS = 60  # pairs of them are tried as beginning and end
FEWEST_BUCKETS = 12  # less than two minutes of traces do not tell what is usual
SLOWER = (3.16, 10.0, 31.6, 100.0)  # half decades: a fault may cost milliseconds or seconds
FLOOR = 10.0  # ms that scheduling, batching and the stamps themselves may add to anything
ALIKE = 50.0  # so many hops of its own make a kind believed against what all kinds do
ENOUGH = 4.0  # nats beyond chance
EVEN = 20.0  # nats of an even score: services that are slow now and then for reasons of their own come near it
MOST = 8  # suspects


@dataclass(frozen=True)
class Lag:
    """A service and the stretch in which what touches it took far longer than usual."""

    service: str
    score: float  # nats beyond chance, less where only part of what touches it is slow
    start: int  # ns: when the first slow hop began
    end: int
    slow: int
    hops: int
    times: float
    usual_ms: float
    now_ms: float
    citations: tuple[str, ...]
    role: int  # 0 where calls to it and its answers are slow: between two that share all slow steps it is the one asked

    def suspect(self) -> dict[str, object]:
        """The row of a suspect."""
        reason = (
            f"what touches it took more than {self.times:.0f} times as long as usual in {self.slow} of {self.hops} steps "
            f"of traces (a median of {self.now_ms:,.0f} ms, usually {self.usual_ms:,.1f} ms)"
        )
        score = round(self.score / (self.score + EVEN), 3)
        return {"name": self.service, "score": score, "reason": reason, "citations": list(self.citations)}

    def onset(self) -> Mark:
        """When the first step became slow; nothing says that a user noticed."""
        reason = f"the first step of a trace that touches {self.service} and takes far longer than usual"
        return mark(self.start, float(str(self.suspect()["score"])), "observed", reason, self.citations[:2])

    def entry(self) -> Entry:
        """The row of the timeline."""
        summary = (
            f"{self.service} became slow: {self.slow} of {self.hops} steps of traces took more than {self.times:.0f} times as long "
            f"as usual (median {self.now_ms:,.0f} ms, usually {self.usual_ms:,.1f} ms)"
        )
        return Entry(
            self.start, self.end, "log", summary, "burst", 60.0 + min(self.score, 20.0), self.citations[:2], 13,
            self.service, None, self.slow,
        )  # fmt: skip


def with_onset(marks: dict[str, Mark], late: Sequence[Lag]) -> dict[str, Mark]:
    """The marks with the onset that the likeliest cause shows, where nothing else told one."""
    if not late or marks["onset"]["at"] is not None:
        return marks
    return {**marks, "onset": choose([lag.onset() for lag in late[:1]], "")}


def lags(
    traced: pd.DataFrame | None, services: Mapping[str, str], *, since: int | None = None, until: int | None = None
) -> list[Lag]:
    """Services that became slow, the likeliest cause first; empty where nothing is slower than chance allows.

    For each service, each stretch of time and each factor: are its hops slow more often inside than outside (a G-test,
    what is expected taken kind by kind, so that another mix of work is no finding)? Rare kinds borrow from all kinds.
    Choosing among stretches is paid for by the logarithm of how many there are of that length, and a service whose hops
    are only partly slow gives way to the one whose hops all are: it waits for it.

    in:  traced as in Evidence, clocks applied; source -> service; the bounds of the incident that is asked for (ns)
    """
    told = hops(traced, services)
    if told.empty:
        return []
    names = told.attrs["names"]
    told = told.assign(factor=(told["ms"] + FLOOR) / (told["usual_ms"] + FLOOR)).sort_values("factor", kind="stable")
    told = told.drop_duplicates(["trace", "caller", "to", "call"], keep="last").sort_values(
        ["at_ns", "trace", "line"], kind="stable"
    )  # a trace speaks once of two services, or a loop in it would count as many findings
    scan = _Scan.of(told, since, until)
    if scan is None:
        return []
    found = [lag for number, name in enumerate(names) if (lag := _worst(scan, number, name))]
    return sorted(found, key=lambda lag: (-round(lag.score, 6), lag.hops, lag.role, lag.service))[:MOST]


@dataclass(frozen=True)
class _Scan:
    """The hops by bucket of time, and all stretches of buckets."""

    told: pd.DataFrame
    bucket: np.ndarray
    buckets: int
    first: np.ndarray  # of each stretch
    past: np.ndarray
    price: np.ndarray
    common: dict[float, np.ndarray]  # how often any hop outside the stretch is slow

    @classmethod
    def of(cls, told: pd.DataFrame, since: int | None, until: int | None) -> _Scan | None:
        at = told["at_ns"].to_numpy(np.int64)
        distinct = np.unique(at // BUCKET)
        low, high = (at[0] if since is None else since) // BUCKET, (at[-1] if until is None else until) // BUCKET
        asked = distinct[(distinct >= low) & (distinct <= high)]
        if len(distinct) < FEWEST_BUCKETS or not len(asked):
            return None
        # Each bucket that is asked for, several as one where they are many; all that lies before or after is one.
        edges = asked[:: -(-len(asked) // MOST_BUCKETS)]
        bucket = np.searchsorted(edges, at // BUCKET, side="right")
        bucket[at // BUCKET > high] = len(edges) + 1
        n = len(edges) + 2
        first, past = np.triu_indices(len(edges) + 1, 1)
        first, past = first + 1, past + 1
        every, factor = _sums(bucket, np.ones(len(at)), n), told["factor"].to_numpy()
        common = {}
        for times in SLOWER:
            slow = _sums(bucket, factor > times, n)
            common[times] = (slow[-1] - slow[past] + slow[first] + 0.5) / (every[-1] - every[past] + every[first] + 1)
        return cls(told, bucket, n, first, past, np.log(len(edges) / (past - first)), common)


def _sums(bucket: np.ndarray, weights: np.ndarray, n: int) -> np.ndarray:
    return np.concatenate([[0.0], np.bincount(bucket, weights=weights, minlength=n).cumsum()])


def _touching(told: pd.DataFrame, service: int) -> Iterator[np.ndarray]:
    """What a fault of the service slows: calls to it and its answers; what ends in it; all that touches it."""
    begins, ends = told["caller"].to_numpy() == service, told["to"].to_numpy() == service
    call = told["call"].to_numpy()
    yield (ends & ~begins & call) | (begins & ~ends & ~call)
    yield ends
    yield begins | ends


def _worst(scan: _Scan, service: int, name: str) -> Lag | None:
    """The stretch, the hops and the factor that speak most against the service."""
    best, chosen = ENOUGH, None
    for role, mine in enumerate(_touching(scan.told, service)):
        places = np.flatnonzero(mine)
        if not len(places):
            continue
        factor = scan.told["factor"].to_numpy()[places]
        for times in SLOWER:
            slow = factor > times
            if slow.any():
                score, slow_inside, inside = _scores(scan, places, slow, scan.common[times])
                at = int(score.argmax())
                if score[at] > best:
                    best = float(score[at])
                    chosen = (places[slow], times, at, int(slow_inside[at]), int(inside[at]), role)
    return _lag(scan, name, best, *chosen) if chosen else None


def _scores(
    scan: _Scan, places: np.ndarray, slow: np.ndarray, common: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each stretch the evidence, the slow hops inside and all hops inside."""
    kinds, kind = np.unique(scan.told["kind"].to_numpy()[places], return_inverse=True)
    cell = kind * (scan.buckets + 1) + scan.bucket[places] + 1
    size = (len(kinds), scan.buckets + 1)

    def inside(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        sums = np.bincount(cell, weights=weights, minlength=size[0] * size[1]).reshape(size).cumsum(axis=1)
        return sums[:, scan.past] - sums[:, scan.first], sums[:, -1:]

    n_in, n = inside(np.ones(len(places)))
    k_in, k = inside(slow.astype(float))
    there = n_in > 0  # a kind that is not seen inside says nothing
    total, slow_total = np.where(there, n + ALIKE, 0.0), np.where(there, k + ALIKE * common, 0.0)
    expected = (slow_total * n_in / np.maximum(total, 1.0)).sum(axis=0)
    seen, count, total, slow_total = k_in.sum(axis=0), n_in.sum(axis=0), total.sum(axis=0), slow_total.sum(axis=0)
    evidence = (
        _part(seen, expected) + _part(slow_total - seen, slow_total - expected)
        + _part(count - seen, count - expected)
        + _part(total - count - slow_total + seen, total - count - slow_total + expected)
    )  # fmt: skip
    score = np.where(seen > expected, evidence, 0.0) - scan.price
    return score * np.sqrt(seen / np.maximum(count, 1.0)), seen, count


def _part(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(seen > 0, seen * np.log(np.maximum(seen, 1e-12) / np.maximum(expected, 1e-12)), 0.0)


def _lag(
    scan: _Scan, name: str, score: float, slow: np.ndarray, times: float, at: int, k: int, n: int, role: int
) -> Lag:
    within = scan.told.iloc[slow[(scan.bucket[slow] >= scan.first[at]) & (scan.bucket[slow] < scan.past[at])]]
    ends = within["at_ns"].to_numpy(np.int64) + (within["ms"].to_numpy() * 1e6).astype(np.int64)
    cited = [
        cite(source, int(line))
        for row in within.head(3).itertuples()
        for source, line in ((row.source, row.line), (row.next_source, row.next_line))
    ]
    return Lag(
        name, score, int(within["at_ns"].iloc[0]), int(ends.max()), k, n, times, float(within["usual_ms"].median()),
        float(within["ms"].median()), tuple(dict.fromkeys(cited)), role,
    )  # fmt: skip
