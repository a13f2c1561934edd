"""The lines that are new with the outage: not said before, or far more often than before."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.error_words import CONNECTION, LIFECYCLE, wrong
from postmortem_timeline.frame import cite

NS = 1_000_000_000
LEAD_S = 10  # what broke speaks a little before its users notice
OF_OTHERS = re.compile(
    r"background|with success|checkpoint|Error\b|Exception\b|errors\.\w|(?<!shutdown )request", re.IGNORECASE
)
KEY = ["source", "service", "severity", "template"]
COLUMNS = [*KEY, "first_ns", "count", "wrong", "connection", "lifecycle", "citation"]


def new_lines(
    patterns: pd.DataFrame,
    windows: Sequence[tuple[int, int]],
    services: dict[str, str] | None = None,
    *,
    times: float = 5.0,  # more often inside than outside, per second
    at_least: int = 2,  # of an error that was also said outside; one alone is the background
) -> pd.DataFrame:
    """Templates that the windows brought, by service; each with its first telling inside.

    in:  patterns as in Evidence, clocks applied; windows (ns); services: source -> service, where a record says none
    out: COLUMNS, sorted by first_ns; lifecycle lines only where they fall on a window's start
    """
    at = patterns.first_ns.to_numpy(dtype="int64")
    inside, starting = np.zeros(len(at), bool), np.zeros(len(at), bool)
    for start, end in windows:
        inside |= (at >= start - LEAD_S * NS) & (at <= end)
        starting |= (at >= start - LEAD_S * NS) & (at <= start + LEAD_S * NS)
    length = sum(end - start + LEAD_S * NS for start, end in windows) / NS
    span = max((int(at.max()) - int(at.min())) / NS - length, length) if len(at) else 1.0
    service = patterns.service.astype(object).where(
        patterns.service.notna(), patterns.source.astype(object).map(services or {})
    )
    first = np.where(inside, at, at.max(initial=0))  # what lies outside comes after all that lies inside
    told = patterns.assign(
        service=service, inside=patterns["count"].where(inside, 0), starting=starting, at=first
    ).sort_values(["at", "source", "line"], kind="stable")
    folded = told.groupby(KEY, dropna=False, sort=False, observed=True).agg(
        first_ns=("at", "first"),
        line=("line", "first"),
        count=("inside", "sum"),
        total=("count", "sum"),
        starting=("starting", "max"),
    )
    found = folded[folded["count"] > 0].reset_index()
    outside = found.total - found["count"]
    burst = (outside == 0) | ((found["count"] >= at_least) & (found["count"] / length > times * outside / span))
    texts = list(found.template.astype(str))
    found["wrong"] = np.array([wrong(t, level) for t, level in zip(texts, found.severity, strict=True)], dtype=bool)
    found["connection"] = found.wrong & np.array([bool(CONNECTION.search(text)) for text in texts], dtype=bool)
    found["lifecycle"] = found.starting & burst & np.array([_lives(text) for text in texts], dtype=bool)
    found["citation"] = [cite(s, line) for s, line in zip(found.source, found.line, strict=True)]
    kept = found[(burst & found.wrong) | found.lifecycle]
    return kept.sort_values(["first_ns", "source", "line"], kind="stable")[COLUMNS].reset_index(drop=True)


def _lives(text: str) -> bool:
    """Whether a line tells of its process's own life; that of its children and connections is everyday business."""
    return bool(LIFECYCLE.search(text)) and not (CONNECTION.search(text) or OF_OTHERS.search(text))
