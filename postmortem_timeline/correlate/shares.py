"""Per service, what it failed inside the windows against what it fails outside; and who fell silent alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.testimony import Testimony
from postmortem_timeline.digest.health_checks import HEALTH
from postmortem_timeline.frame import cite

NS = 1_000_000_000
Windows = Sequence[tuple[int, int]]


ROUTE = re.compile(r"/([^/ ?]+)")


@dataclass(frozen=True)
class Share:
    """A service that the outage touched, with the part of all evidence of failing that is its."""

    name: str
    what: str  # failing or silent
    part: float
    reason: str
    citation: str | None
    at: int

    def testimony(self) -> Testimony:
        return Testimony(self.name, self.what, 0.1 + 0.5 * self.part, self.reason, self.citation, self.at)


def failing_shares(
    counts: pd.DataFrame,
    failures: pd.DataFrame,
    windows: Windows,
    failed: Callable[[np.ndarray], np.ndarray],
    *,
    evidence: float = 6.0,  # log-likelihood against the service's own background
) -> list[Share]:
    """The services whose failing or silence the windows hold, the most failing first.

    in:  counts, failures as in Evidence, clocks applied; windows; what counts as failed
    out: shares; a service is named by its records, else by the first segment of its routes
    """
    requests = counts[(counts.status > 0) & (counts.route != HEALTH)]
    requests = requests.assign(
        name=requests.service.astype(object).where(requests.service.notna(), requests.route.astype(object))
    )
    requests = requests[requests.name.notna()]
    if requests.empty:
        return []
    second = requests.second.to_numpy(dtype="int64")
    inside = np.zeros(len(second), bool)
    for start, end in windows:
        inside |= (second >= start // NS) & (second <= end // NS)
    n = requests["count"].to_numpy(dtype="int64")
    k = np.where(failed(requests.status.to_numpy(dtype="int64")), n, 0)
    parts = {"n": n * inside, "k": k * inside, "n0": n * ~inside, "k0": k * ~inside}
    sums = pd.DataFrame(parts).groupby(requests.name.astype(str).to_numpy(), sort=True).sum()
    sums["score"] = [_score(*row) for row in sums[["n", "k", "n0", "k0"]].itertuples(index=False)]
    bad = sums[sums.score >= evidence].sort_values("score", ascending=False, kind="stable")
    told = _named_failures(failures, windows, failed) if len(bad) else failures
    shares = [_failing(str(r.Index), r, float(bad.score.max()), told, windows) for r in bad.itertuples()]
    return shares or _silent(sums, second, windows)


def _score(n: int, k: int, n0: int, k0: int) -> float:
    """Binomial log-likelihood of the failures inside against the rate outside."""
    p0 = (k0 + 0.5) / (n0 + 1)
    p = k / n if n else 0.0
    if p <= 2 * p0:
        return 0.0
    return float(k * np.log(p / p0) + ((n - k) * np.log((1 - p) / (1 - p0)) if k < n else 0.0))


def _named_failures(
    failures: pd.DataFrame, windows: Windows, failed: Callable[[np.ndarray], np.ndarray]
) -> pd.DataFrame:
    """The failing requests inside the windows in order of time, with the `name` of their service (else of their route)."""
    inside = (failures.first_ns >= windows[0][0]) & (failures.first_ns <= windows[-1][1])
    mine = failures[failed(failures.status.to_numpy(dtype="int64")) & inside.to_numpy()]
    route = {text: match[1] if (match := ROUTE.search(text)) else None for text in mine.endpoint.dropna().unique()}
    name = mine.service.astype(object).where(mine.service.notna(), mine.endpoint.map(route))
    return mine.assign(name=name).sort_values(["first_ns", "source", "line"], kind="stable")


def _failing(name: str, row: Any, top: float, told: pd.DataFrame, windows: Windows) -> Share:
    outside = f"{row.k0 / row.n0:.2%} outside" if row.n0 else "none seen outside"
    reason = f"{row.k} of {row.n} requests failed in the windows ({row.k / row.n:.1%}; {outside})"
    first = next(told[told.name == name].head(1).itertuples(), None)
    if first is None:
        return Share(name, "failing", row.score / top, reason, None, windows[0][0])
    return Share(name, "failing", row.score / top, reason, cite(first.source, int(first.line)), int(first.first_ns))


def _silent(sums: pd.DataFrame, second: np.ndarray, windows: Windows) -> list[Share]:
    """Services that fell silent while another went on; if all fell silent, what they share is at fault, not they."""
    inside = sum(end - start for start, end in windows) / NS
    rest = max(float(second.max() - second.min()) - inside, 1.0)
    expected = sums.n0 * inside / rest
    seen = sums.n / expected.where(expected >= 5)
    if not (seen > 0.5).any():
        return []
    quiet = seen[seen < 0.1]
    said = {str(name): f"{sums.n[name]} requests where {expected[name]:.0f} were due" for name in quiet.index}
    return [Share(name, "silent", 1.0, reason, None, windows[0][0]) for name, reason in said.items()]
