"""The evidence with clocks applied: every time of a source moved by what its stamps are off by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from postmortem_timeline.digest.evidence import Evidence
from postmortem_timeline.digest.shift import Shift, by_source

SECOND = 1_000_000_000
TIMES = {
    "counts": ("second",), "failures": ("minute", "first_ns", "last_ns"), "endpoints": ("bucket",),
    "patterns": ("bucket", "first_ns", "last_ns"), "joins": ("t_ns",), "sources": ("first_ns", "last_ns"),
}  # fmt: skip
COARSE = {"second", "minute", "bucket"}


def shifted(evidence: Evidence, shifts: Mapping[str, Shift]) -> Evidence:
    """`shifts` are what to subtract, by source; sources that are not named stay as they are."""
    if not shifts:
        return evidence
    moved = {name: _moved(getattr(evidence, name), columns, shifts) for name, columns in TIMES.items()}
    if evidence.traced is not None:
        moved["traced"] = _moved(evidence.traced, ("t_ns",), shifts)
    moved["notables"], moved["metrics"] = _stamped(evidence.notables, shifts), _stamped(evidence.metrics, shifts)
    return replace(evidence, **moved)


def _moved(frame: pd.DataFrame, columns: tuple[str, ...], shifts: Mapping[str, Shift]) -> pd.DataFrame:
    if frame.empty:
        return frame
    new = {}
    for column in columns:
        unit = SECOND if column in COARSE else 1
        stamped = frame[column].to_numpy()
        by = by_source(frame["source"], stamped * unit, shifts)
        new[column] = stamped - (np.rint(by / unit).astype(np.int64) if unit > 1 else by)
    return frame.assign(**new)


def _stamped(frame: pd.DataFrame, shifts: Mapping[str, Shift]) -> pd.DataFrame:
    if frame.empty:
        return frame
    stamped = frame["timestamp"].astype("datetime64[ns, UTC]")
    by = by_source(frame["source"], np.where(stamped.notna(), stamped.astype("int64"), 0), shifts)
    if not by.any():
        return frame
    moved = frame.assign(timestamp=frame["timestamp"] - pd.to_timedelta(by, unit="ns"))
    return moved.sort_values(["timestamp", "source", "line", "ordinal"], kind="stable").reset_index(drop=True)
