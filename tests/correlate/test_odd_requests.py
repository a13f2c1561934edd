"""Requests that stand out below an outage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.odd_requests import odd_requests
from postmortem_timeline.correlate.vantage import server_error

SECOND = 1_000_000_000


def failures(*rows: tuple[int, str, int, int]) -> pd.DataFrame:
    """second, endpoint, status, count"""
    return pd.DataFrame(
        [{"source": "access.log", "service": None, "endpoint": endpoint, "status": status, "count": count,
          "first_ns": second * SECOND, "last_ns": second * SECOND, "line": number, "last_line": number}
         for number, (second, endpoint, status, count) in enumerate(rows, start=1)],
        columns=["source", "service", "endpoint", "status", "count", "first_ns", "last_ns", "line", "last_line"],
    )  # fmt: skip


def told(bad: pd.DataFrame, n: Any = 5) -> list[str]:
    requests = pd.DataFrame({"second": np.arange(0, 36_000, 60), "n": n})
    return [entry.summary for entry in odd_requests(requests, bad, server_error)]


def test_nothing_odd_is_nothing_told() -> None:
    assert told(failures()) == []


def test_failures_are_told_by_endpoint() -> None:
    bad = failures((60, "GET /a", 500, 1), (600, "GET /b", 503, 2), (900, "GET /b", 500, 1))
    assert told(bad) == ["GET /b failed 3 times (500, 503)", "GET /a failed once (500)"]


def test_many_endpoints_are_told_together_at_last() -> None:
    summaries = told(failures(*[(60 * n, f"GET /{n}", 500, 1) for n in range(1, 20)]))
    assert len(summaries) == 9 and summaries[-1] == "11 other endpoints failed 11 times (500)"


def test_refusals_are_told_where_they_burst() -> None:
    usual = [(second, "GET /lost", 404, 2) for second in range(0, 36_000, 300)]
    assert told(failures(*usual, (9_010, "GET /admin", 404, 60))) == [
        "burst of 404: 62 requests in 5 min (usually 2), most on GET /admin"
    ]


def test_a_rush_of_traffic_is_told() -> None:
    n = np.full(600, 5)
    n[300:305] = 90
    assert told(failures(), n) == ["rush of traffic: 450 requests in 5 min (usually 25)"]
