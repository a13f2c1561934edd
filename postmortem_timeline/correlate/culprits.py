"""Who is at fault where no request fails: slowness, new errors and missing steps of traces weighed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from postmortem_timeline.correlate.entries import Entry
from postmortem_timeline.correlate.lags import EVEN, MOST, Lag, lags
from postmortem_timeline.correlate.marks import Mark, choose, mark
from postmortem_timeline.correlate.oddities import Oddity, oddities


@dataclass(frozen=True)
class Culprit:
    """A service and all that its traces show against it."""

    service: str
    lag: Lag | None
    odd: tuple[Oddity, ...]

    @property
    def score(self) -> float:
        """Nats beyond chance."""
        return (self.lag.score if self.lag else 0.0) + sum(one.score for one in self.odd)

    def suspect(self) -> dict[str, object]:
        """The row of a suspect."""
        told = [(self.lag.score, str(self.lag.suspect()["reason"]), self.lag.citations)] if self.lag else []
        told += [(one.score, one.reason(), one.citations) for one in self.odd]
        told.sort(key=lambda row: -row[0])
        citations = list(dict.fromkeys(citation for _, _, cited in told for citation in cited))
        reason = "; ".join(reason for _, reason, _ in told)
        return {"name": self.service, "score": round(self.score / (self.score + EVEN), 3), "reason": reason, "citations": citations}

    def onset(self) -> Mark:
        """When the strongest of it began; nothing says that a user noticed."""
        worst = max(self.odd, key=lambda one: one.score, default=None)
        if self.lag and (worst is None or self.lag.score > worst.score):
            return {**self.lag.onset(), "confidence": float(str(self.suspect()["score"]))}
        assert worst is not None
        reason = f"the first of the traces of {self.service} in which this is seen: {worst.reason()}"
        return mark(worst.start, float(str(self.suspect()["score"])), "observed", reason, worst.citations[:2])

    def entries(self) -> list[Entry]:
        """The rows of the timeline."""
        rows = [self.lag.entry()] if self.lag else []
        return rows + [
            Entry(
                one.start, one.end, "log", f"{one.service}: {one.reason()}", "first_seen", 60.0 + min(one.score, 20.0), one.citations[:2],
                17 if one.what == "error" else 13, self.service, None, one.hits,
            )
            for one in self.odd
        ]  # fmt: skip


def culprits(
    traced: pd.DataFrame | None, patterns: pd.DataFrame, services: Mapping[str, str],
    *, since: int | None = None, until: int | None = None,
) -> list[Culprit]:  # fmt: skip
    """The services at fault, the likeliest first; empty where nothing in the traces is beyond chance.

    in:  traced, patterns as in Evidence, clocks applied; source -> service, where a record says none; bounds (ns)
    """
    late = {lag.service: lag for lag in lags(traced, services, since=since, until=until)}
    odd = oddities(traced, patterns, services, since=since, until=until)
    names = dict.fromkeys([*late, *(one.service for one in odd)])
    found = [Culprit(name, late.get(name), tuple(one for one in odd if one.service == name)) for name in names]
    # What follows is in the order of the lags, which break their ties by themselves.
    return sorted(found, key=lambda one: -round(one.score, 6))[:MOST]


def with_onset(marks: dict[str, Mark], found: Sequence[Culprit]) -> dict[str, Mark]:
    """The marks with the onset that the likeliest cause shows, where nothing else told one."""
    if not found or marks["onset"]["at"] is not None:
        return marks
    return {**marks, "onset": choose([one.onset() for one in found[:1]], "")}
