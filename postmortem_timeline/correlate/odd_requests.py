"""Requests that stand out where no outage is: failed ones by endpoint, bursts of refusals, rushes of traffic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.entries import Entry, span
from postmortem_timeline.frame import cite

SECOND = 1_000_000_000
WIDTHS = (60, 300, 600, 1800, 3600, 14400, 86400)
BUCKETS = 400
LOUDER = 4.0  # times the usual count of a bucket that has any
CHANCE = 14.0  # nats
FEWEST = 10
ENDPOINTS, BURSTS, RUSHES = 8, 5, 3


def odd_requests(
    requests: pd.DataFrame, failures: pd.DataFrame, failed: Callable[[np.ndarray], np.ndarray]
) -> list[Entry]:
    """Entries for what requests show below an outage.

    in:  requests at the vantage (second, n); failures as in Evidence, of the vantage's sources; what counts as failed
    """
    if requests.empty:
        return []
    low, high = int(requests["second"].min()), int(requests["second"].max())
    width = next((w for w in WIDTHS if (high - low) // w < BUCKETS), WIDTHS[-1])
    bad = failed(failures["status"].to_numpy(np.int64)) if len(failures) else np.zeros(0, bool)
    refused = failures[~bad & (failures["status"] < 500)] if len(failures) else failures
    return [*_failed(failures[bad]), *_refused(refused, width), *_rushes(requests, width)]


def _failed(rows: pd.DataFrame) -> Iterator[Entry]:
    """The endpoints that failed, the oftenest first; those beyond the list together."""
    if rows.empty:
        return
    totals = rows.groupby("endpoint", dropna=False)["count"].sum().sort_values(ascending=False, kind="stable")
    for endpoint in totals.index[:ENDPOINTS]:
        mine = rows[rows["endpoint"].eq(endpoint) if isinstance(endpoint, str) else rows["endpoint"].isna()]
        yield _failure(mine, endpoint if isinstance(endpoint, str) else "requests")
    rest = rows[rows["endpoint"].isin(totals.index[ENDPOINTS:])]
    if len(rest):
        yield _failure(rest, f"{rest['endpoint'].nunique()} other endpoints")


def _failure(rows: pd.DataFrame, what: str) -> Entry:
    ordered = rows.sort_values(["first_ns", "source", "line"], kind="stable")
    first, count = ordered.iloc[0], int(rows["count"].sum())
    statuses = ", ".join(str(s) for s in sorted(rows["status"].unique()))
    often = "failed once" if count == 1 else f"failed {count:,} times"
    services = {s for s in rows["service"] if isinstance(s, str)}
    last = rows.sort_values(["last_ns", "source", "last_line"], kind="stable").iloc[-1]
    cited = dict.fromkeys((cite(first["source"], int(first["line"])), cite(last["source"], int(last["last_line"]))))
    return Entry(
        int(first["first_ns"]), int(last["last_ns"]), "request", f"{what} {often} ({statuses})",
        "first_seen", 50.0 + min(3 * math.log2(count), 12.0), tuple(cited), 17,
        services.pop() if len(services) == 1 else None, None, count,
    )  # fmt: skip


def _refused(rows: pd.DataFrame, width: int) -> list[Entry]:
    """Stretches with far more 4xx of one status than usual."""
    found = []
    for status, mine in rows.groupby("status", sort=True):
        bucket = (mine["first_ns"] // SECOND // width).to_numpy(np.int64)
        for place, seen, usual in _bursts(bucket, mine["count"].to_numpy(np.int64)):
            inside = mine[bucket == place].sort_values(["first_ns", "source", "line"], kind="stable")
            first, endpoint = (
                inside.iloc[0],
                inside.groupby("endpoint")["count"].sum().sort_values(ascending=False, kind="stable"),
            )
            most = f", most on {endpoint.index[0]}" if len(endpoint) and endpoint.iloc[0] * 2 > seen else ""
            text = f"burst of {status}: {seen:,} requests in {span(width * SECOND)} (usually {usual:g}){most}"
            found.append(Entry(
                int(first["first_ns"]), int(inside["last_ns"].max()), "request", text, "burst",
                46.0 + min(seen / max(usual, 1.0), 8.0), (cite(first["source"], int(first["line"])),), 13,
                first["service"] if isinstance(first["service"], str) else None, None, seen,
            ))  # fmt: skip
    return sorted(found, key=lambda e: (-e.score, e.start, e.citations))[:BURSTS]


def _rushes(requests: pd.DataFrame, width: int) -> list[Entry]:
    """Stretches with far more requests than usual, whatever came of them."""
    found = []
    for place, seen, usual in _bursts(
        (requests["second"] // width).to_numpy(np.int64), requests["n"].to_numpy(np.int64)
    ):
        start = place * width * SECOND
        text = f"rush of traffic: {seen:,} requests in {span(width * SECOND)} (usually {usual:,g})"
        score = 44.0 + min(seen / max(usual, 1.0), 8.0)
        found.append(Entry(start, start + width * SECOND, "request", text, "burst", score, (), 9, None, None, seen))
    return sorted(found, key=lambda e: (-e.score, e.start))[:RUSHES]


def _bursts(bucket: np.ndarray, count: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """Buckets far above the usual one: bucket, its count, the median of the buckets that have any."""
    places, inverse = np.unique(bucket, return_inverse=True)
    sums = np.bincount(inverse, weights=count).astype(np.int64)
    usual = float(np.median(sums)) if len(sums) > 3 else 0.0
    for place, seen in zip(places.tolist(), sums.tolist(), strict=True):
        if usual and seen >= max(FEWEST, LOUDER * usual) and seen * math.log(seen / usual) - (seen - usual) > CHANCE:
            yield place, seen, usual
