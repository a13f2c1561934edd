"""Who became slow, told from the lags inside traces alone: a fault that fails nothing still makes its callers wait."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.entries import Entry
from postmortem_timeline.correlate.hops import hops
from postmortem_timeline.correlate.lag_stretches import SLOWER, Scan, Stretch
from postmortem_timeline.correlate.marks import Mark, mark
from postmortem_timeline.frame import cite

FLOOR = 10.0  # ms that scheduling, batching and the stamps themselves may add to anything
ENOUGH = 4.0  # nats beyond chance
EVEN = 20.0  # nats of an even score: services that are slow now and then for reasons of their own come near it
MOST = 8  # suspects
INSIDE = 3  # the role of one kind of step inside a service


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
            f"{self._what()} took more than {self.times:.0f} times as long as usual in {self.slow} of {self.hops} steps "
            f"of traces (a median of {self.now_ms:,.0f} ms, usually {self.usual_ms:,.1f} ms)"
        )
        score = round(self.score / (self.score + EVEN), 3)
        return {"name": self.service, "score": score, "reason": reason, "citations": list(self.citations)}

    def _what(self) -> str:
        return "one kind of step inside it" if self.role == INSIDE else "what touches it"

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


def lags(
    traced: pd.DataFrame | None, services: Mapping[str, str], *, since: int | None = None, until: int | None = None
) -> list[Lag]:
    """Services that became slow, the likeliest cause first; empty where nothing is slower than chance allows.

    For each service, each stretch of time and each factor: are its hops slow more often inside than outside, kind by
    kind, so that another mix of work is no finding? Rare kinds borrow from all between the same services, and those from
    all. Choosing is paid for by the logarithm of how many there were to choose from; services that are slow in fits
    anyway are believed less; and one whose hops are only partly slow gives way to the one whose hops all are.

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
    scan = Scan.of(told, since, until)
    if scan is None:
        return []
    found = [lag for number, name in enumerate(names) if (lag := _worst(scan, told, number, name))]
    return sorted(found, key=lambda lag: (-round(lag.score, 6), lag.hops, lag.role, lag.service))[:MOST]


def _touching(told: pd.DataFrame, service: int) -> Iterator[tuple[int, np.ndarray, float]]:
    """What a fault of the service slows, with the price of the choice.

    Calls to it and its answers; what ends in it; all that touches it; and each single kind of step inside it, as a fault
    may be in one piece of its work.
    """
    begins, ends = told["caller"].to_numpy() == service, told["to"].to_numpy() == service
    call, kind = told["call"].to_numpy(), told["kind"].to_numpy()
    for role, mine in enumerate(((ends & ~begins & call) | (begins & ~ends & ~call), ends, begins | ends)):
        if mine.any():
            yield role, np.flatnonzero(mine), 0.0
    within = np.flatnonzero(begins & ends)
    kinds = np.unique(kind[within])
    for one in kinds.tolist():
        yield INSIDE, within[kind[within] == one], math.log(len(kinds))


def _worst(scan: Scan, told: pd.DataFrame, service: int, name: str) -> Lag | None:
    """The stretch, the hops and the factor that speak most against the service."""
    best, chosen = Stretch(ENOUGH, 0, 0, 0, 0), None
    for role, places, toll in _touching(told, service):
        factor = told["factor"].to_numpy()[places]
        for times in SLOWER:
            slow = factor > times
            if slow.any():
                found = scan.strongest(places, slow, times)
                if found.score - toll > best.score:
                    best, chosen = replace(found, score=found.score - toll), (places[slow], times, role)
    return _lag(scan, told, name, best, *chosen) if chosen else None


def _lag(scan: Scan, told: pd.DataFrame, name: str, best: Stretch, slow: np.ndarray, times: float, role: int) -> Lag:
    within = told.iloc[slow[(scan.bucket[slow] >= best.begin) & (scan.bucket[slow] < best.past)]]
    ends = within["at_ns"].to_numpy(np.int64) + (within["ms"].to_numpy() * 1e6).astype(np.int64)
    cited = [
        cite(source, int(line))
        for row in within.head(3).itertuples()
        for source, line in ((row.source, row.line), (row.next_source, row.next_line))
    ]
    return Lag(
        name, best.score, int(within["at_ns"].iloc[0]), int(ends.max()), best.slow, best.hops, times,
        float(within["usual_ms"].median()), float(within["ms"].median()), tuple(dict.fromkeys(cited)), role,
    )  # fmt: skip
