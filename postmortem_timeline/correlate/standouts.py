"""What stands out in evidence in which no outage is found: trouble, lifecycle, silences, odd requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.entries import Entry
from postmortem_timeline.correlate.lifecycle import lifecycle
from postmortem_timeline.correlate.odd_requests import odd_requests
from postmortem_timeline.correlate.places import places
from postmortem_timeline.correlate.quiet_sources import quiet_sources
from postmortem_timeline.correlate.relation import MINUTE, names_service, words
from postmortem_timeline.correlate.trouble import trouble
from postmortem_timeline.correlate.vantage import Vantage
from postmortem_timeline.digest.evidence import Evidence

LIVES = 24  # entries of starts and stops where nothing else is told
FEW = 8  # of them beside an outage
BEFORE, AFTER = MINUTE, 5 * MINUTE


def standouts(
    evidence: Evidence, chosen: Vantage, requests: pd.DataFrame, failed: Callable[[np.ndarray], np.ndarray]
) -> list[Entry]:
    """The candidates for a timeline without an outage, each with its reason and score.

    in:  Evidence with clocks applied, the vantage and the requests there, what counts as failed
    """
    known = evidence.sources[evidence.sources["first_ns"] >= 0]
    if known.empty:
        return []
    start, end = int(known["first_ns"].min()), int(known["last_ns"].max())
    who = places(evidence.sources, evidence.patterns)
    lives = sorted(lifecycle(evidence.patterns, who, start, end), key=lambda e: (-e.score, e.start, e.citations))
    failures = evidence.failures[evidence.failures["source"].isin(chosen.sources)]
    return [
        *trouble(_lines(evidence), who, start, end), *lives[:LIVES],
        *quiet_sources(evidence.counts, evidence.patterns, who), *odd_requests(requests, failures, failed),
    ]  # fmt: skip


def lives(evidence: Evidence, spans: Sequence[tuple[int, int]], services: Sequence[str]) -> list[Entry]:
    """Starts and stops of the services of an outage, around it."""
    who = places(evidence.sources, evidence.patterns)
    start, end = spans[0][0], max(end for _, end in spans)
    found = lifecycle(evidence.patterns, who, start - BEFORE, end + AFTER)
    ours = [e for e in found if any(names_service(words(e.summary.partition(": ")[0]), name) for name in services)]
    return sorted(ours, key=lambda e: (-e.score, e.start, e.citations))[:FEW]


def _lines(evidence: Evidence) -> pd.DataFrame:
    """Patterns of log records; those of requests that failed are told by endpoint."""
    sources = evidence.sources
    asked = sources[(sources["requests"] > 0) & (sources["requests"] == sources["records"])]["source"]
    return evidence.patterns[~evidence.patterns["source"].isin(asked)]
