"""Window edges in the stamps of deeper tiers, which are finer than a gateway's whole seconds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from postmortem_timeline.correlate.edges import refine
from postmortem_timeline.correlate.outages import Outages
from postmortem_timeline.correlate.vantage import Vantage
from postmortem_timeline.digest.evidence import Evidence
from postmortem_timeline.digest.shift import Shift

COARSE = 1_000_000_000


def refined(
    found: Outages, evidence: Evidence, chosen: Vantage, failed: Callable[[np.ndarray], np.ndarray], offsets: dict[str, Shift]
) -> Outages:  # fmt: skip
    """The windows with their edges at the failing requests that finer logs of the same requests show."""
    if found.windows.empty:
        return found
    found = sharpened(found, evidence, chosen, failed, offsets)
    times = finer_times(evidence, chosen, failed)
    if not len(times):
        return found
    windows = found.windows.copy()
    dark = windows["kind"].to_numpy() == "dark"
    edges = [
        (int(a), int(b)) if is_dark else refine((int(a), int(b)), times)
        for a, b, is_dark in zip(windows["start_ns"], windows["end_ns"], dark, strict=True)
    ]
    windows["start_ns"], windows["end_ns"] = [a for a, _ in edges], [b for _, b in edges]
    return found._replace(windows=windows)


def sharpened(
    found: Outages, evidence: Evidence, chosen: Vantage, failed: Callable[[np.ndarray], np.ndarray], offsets: dict[str, Shift]
) -> Outages:  # fmt: skip
    """Edges that lie in buckets of several seconds (a log of many days) moved to the failing requests in those buckets."""
    if evidence.width == 1:
        return found
    step, windows = evidence.width * COARSE, found.windows.copy()
    for place, row in enumerate(found.windows.to_dict("records")):
        if row["kind"] != "failed":
            continue
        start, end = int(row["start_ns"]), int(row["end_ns"])
        spans = [(start, start + step), (end // step * step, end // step * step + step)]
        times = evidence.users.failing_times(spans, offsets, list(chosen.sources), failed)
        if len(times):
            windows.loc[place, ["start_ns", "end_ns"]] = int(times[0]), int(max(times[-1], times[0] + COARSE))
    return found._replace(windows=windows)


def finer_times(evidence: Evidence, chosen: Vantage, failed: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Sorted ns of failing requests in sources other than the vantage's whose stamps are finer than a second."""
    sources = evidence.sources
    fine = set(sources[(sources["precision_ns"] < COARSE) & (sources["requests"] > 0)]["source"]) - set(chosen.sources)
    joins, failures = evidence.joins, evidence.failures
    mine = joins[joins["source"].isin(fine) & (joins["status"] > 0)]
    times = [mine["t_ns"].to_numpy(np.int64)[failed(mine["status"].to_numpy(np.int64))] if len(mine) else np.zeros(0, np.int64)]
    told = failures[failures["source"].isin(fine)]
    if len(told):
        bad = told[failed(told["status"].to_numpy(np.int64))]
        times += [bad["first_ns"].to_numpy(np.int64), bad["last_ns"].to_numpy(np.int64)]
    return np.unique(np.concatenate(times))
