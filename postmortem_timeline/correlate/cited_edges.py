"""The records that a window's edges stand on: its first and last failing request."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.vantage import Vantage
from postmortem_timeline.frame import cite

NEAR = 60 * 1_000_000_000


def cited(
    windows: pd.DataFrame, failures: pd.DataFrame, chosen: Vantage, failed: Callable[[np.ndarray], np.ndarray]
) -> pd.DataFrame:
    """The windows with `first_citation` and `last_citation` (null where no failing request is near an edge)."""
    rows = failures[failures["source"].isin(chosen.sources)]
    rows = rows[failed(rows["status"].to_numpy(np.int64))] if len(rows) else rows
    firsts: list[str | None] = []
    lasts: list[str | None] = []
    for start, end in zip(windows["start_ns"], windows["end_ns"], strict=True):
        begins = rows[(rows["first_ns"] >= start - NEAR) & (rows["first_ns"] <= end)]
        begins = begins.assign(far=(begins["first_ns"] - start).abs()).sort_values(["far", "source", "line"], kind="stable")
        ends = rows[(rows["last_ns"] >= start) & (rows["last_ns"] <= end + NEAR)]
        ends = ends.assign(far=(ends["last_ns"] - end).abs()).sort_values(["far", "source", "last_line"], kind="stable")
        firsts.append(cite(begins["source"].iloc[0], int(begins["line"].iloc[0])) if len(begins) else None)
        lasts.append(cite(ends["source"].iloc[0], int(ends["last_line"].iloc[0])) if len(ends) else None)
    return windows.assign(first_citation=firsts, last_citation=lasts)
