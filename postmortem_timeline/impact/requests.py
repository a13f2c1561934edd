"""Requests inside the windows, and for how long what share of them failed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.edges import nearest_seconds, whole_seconds
from postmortem_timeline.correlate.outages import Outages
from postmortem_timeline.correlate.vantage import Vantage, server_error
from postmortem_timeline.digest.health_checks import is_health_check

NS = 1_000_000_000
FULL = 0.9  # failed share from which a stretch counts as a full outage
ENOUGH = 10  # requests that a share is taken of
TOP = 20


@dataclass(frozen=True)
class Dark:
    """A silence that users felt, and the requests that it swallowed."""

    start: int
    end: int
    services: tuple[str, ...]  # empty: all of them
    missing: float
    share: float  # of all requests that the silent services had before


@dataclass(frozen=True)
class Load:
    """Sums over the union of the windows; `total` and `failed` include `missing`, what silences swallowed."""

    total: int = 0
    failed: int = 0
    missing: int = 0
    by_background: float = 0.0  # failures that the background alone would have brought
    downtime: float = 0.0
    weighted: float = 0.0
    full: float = 0.0
    dark: tuple[Dark, ...] = ()


def load(found: Outages, requests: pd.DataFrame, *, width: int = 1) -> Load:
    """Sum the requests inside the windows.

    downtime = length of the union of the windows (what Datadog's customer impact duration is, too);
    weighted = integral of the failed share over it, in buckets wide enough for a share;
    full     = length of the buckets whose failed share is 0.9 or more.
    """
    windows = [(int(a), int(b)) for a, b in zip(found.windows["start_ns"], found.windows["end_ns"], strict=True)]
    dark = tuple(silences(found, requests))
    inside = within(requests, windows, width)
    missing = round(sum(d.missing for d in dark))
    background = sum(
        n * found.background.get(str(key), 0.0) for key, n in inside.groupby("key", observed=True)["n"].sum().items()
    )
    parts = [_integral(window, inside, dark, width) for window in windows]
    return Load(
        int(inside["n"].sum()) + missing, int(inside["failed"].sum()) + missing, missing, float(background),
        sum(b - a for a, b in windows) / NS, sum(p[0] for p in parts), sum(p[1] for p in parts), dark,
    )  # fmt: skip


def within(requests: pd.DataFrame, windows: list[tuple[int, int]], width: int) -> pd.DataFrame:
    """The rows whose second lies in a window; of edge seconds that lie outside for the most part, the failures only."""
    second = requests["second"].to_numpy(np.int64)
    keep, failures = (
        sum(((second >= a // NS) & (second < b // NS) for a, b in stretches), np.zeros(len(second), bool)) > 0
        for stretches in (nearest_seconds(windows, width), whole_seconds(windows, width))
    )
    rows = requests[keep | failures].copy()
    rows["n"] = rows["n"].where(keep[keep | failures], rows["failed"])
    return rows


def silences(found: Outages, requests: pd.DataFrame) -> list[Dark]:
    """What each silence swallowed: as many requests as the stretch of equal length just before the window had."""
    out = []
    rows = found.services[(found.services["kind"] == "dark") & ~found.services["echo"].astype(bool)]
    for row in rows.to_dict("records"):
        start, end = int(row["start_ns"]), int(row["end_ns"])
        begin = before(found, (start, end))
        usual = requests[requests["second"].between(begin[0] // NS, begin[1] // NS - 1)]
        own = usual[usual["key"].isin(row["services"])] if row["services"] else usual
        share = float(own["n"].sum() / usual["n"].sum()) if len(usual) else 1.0
        out.append(Dark(start, end, tuple(row["services"]), float(own["n"].sum()), share))
    return out


def before(found: Outages, stretch: tuple[int, int]) -> tuple[int, int]:
    """The stretch of equal length just before the window that holds `stretch`."""
    start, end = stretch
    holds = found.windows[(found.windows["start_ns"] <= start) & (found.windows["end_ns"] >= end)]
    at = int(holds["start_ns"].iloc[0]) if len(holds) else start
    return at - (end - start), at


def _integral(window: tuple[int, int], inside: pd.DataFrame, dark: tuple[Dark, ...], width: int) -> tuple[float, float]:
    """Seconds weighted by the failed share, and seconds of full outage.

    A bucket holds about ten requests, so that its share means something; one without any has the window's share.
    """
    start, end = window[0] / NS, window[1] / NS
    rows = within(inside, [window], width)
    silent = [
        (max(d.start / NS, start), min(d.end / NS, end), d) for d in dark if d.start < window[1] and d.end > window[0]
    ]
    lost = sum(d.missing for _, _, d in silent)
    rate = (float(rows["n"].sum()) + lost) / max(end - start, 1e-9)
    if rate <= 0:
        return 0.0, 0.0
    step = max(math.ceil(ENOUGH / rate), width)
    count = max(int((end - start) // step), 1)  # the last one takes what is left
    at = np.clip(((rows["second"].to_numpy(float) - start) // step).astype(np.int64), 0, count - 1)
    n, bad = np.bincount(at, rows["n"], count), np.bincount(at, rows["failed"], count)
    left = start + step * np.arange(count)
    right = np.append(left[1:], end)
    for a, b, d in silent:
        part = (
            np.clip(np.minimum(right, b) - np.maximum(left, a), 0, None) * d.missing / max((d.end - d.start) / NS, 1e-9)
        )
        n, bad = n + part, bad + part
    share = np.where(n > 0, bad / np.maximum(n, 1e-12), bad.sum() / n.sum())
    length = right - left
    return float((share * length).sum()), float(length[share >= FULL].sum())


def services(found: Outages, requests: pd.DataFrame, *, width: int = 1) -> list[dict[str, Any]]:
    """Requests by service inside the windows, the most failures first; `share_of_attempts` is failed / total."""
    windows = [(int(a), int(b)) for a, b in zip(found.windows["start_ns"], found.windows["end_ns"], strict=True)]
    sums = within(requests, windows, width).groupby("key", sort=True, observed=True)[["n", "failed"]].sum()
    rows = [
        {
            "name": str(key),
            "total": int(n),
            "failed": int(bad),
            "share_of_attempts": round(float(bad / n), 6) if n else None,
        }
        for key, n, bad in zip(sums.index, sums["n"], sums["failed"], strict=True)
        if key
    ]
    return sorted(rows, key=lambda row: (-row["failed"], -row["total"], row["name"]))


def endpoints(
    found: Outages, failures: pd.DataFrame, chosen: Vantage, failed: Callable[[np.ndarray], np.ndarray] = server_error
) -> list[dict[str, Any]]:
    """Failed requests by endpoint and status at the vantage, of the minutes that touch a window, the most first.

    Refusals (4xx) are listed too; `counted` says which rows are among the failed requests of the impact.
    """
    keep = np.zeros(len(failures), bool)
    for start, end in zip(found.windows["start_ns"], found.windows["end_ns"], strict=True):
        keep |= ((failures["first_ns"] <= end) & (failures["last_ns"] >= start)).to_numpy()
    asked = failures["endpoint"].map(lambda name: isinstance(name, str) and not is_health_check(name)).to_numpy(bool)
    rows = failures[keep & asked & _seen_there(failures, chosen)]
    sums = rows.groupby(["endpoint", "status"], sort=True, observed=True)["count"].sum()
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    counted = failed(np.array([status for (_, status), _ in ordered], np.int64))
    return [
        {"endpoint": str(name), "status": int(status), "failed": int(n), "counted": bool(yes)}
        for ((name, status), n), yes in zip(ordered, counted, strict=True)
    ]


def _seen_there(failures: pd.DataFrame, chosen: Vantage) -> np.ndarray:
    """Rows of the sources that count requests; of deeper ones only the services that they add."""
    keep = failures["source"].isin(chosen.sources).to_numpy(bool)
    for source, names in chosen.partial.items():
        keep &= ~((failures["source"] == source) & ~failures["service"].isin(names)).to_numpy(bool)
    return keep
