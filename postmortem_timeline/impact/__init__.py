"""What the windows cost: requests, users, downtime, error budget and money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.outages import Outages
from postmortem_timeline.correlate.vantage import Vantage, server_error
from postmortem_timeline.impact.money import cost, error_budget
from postmortem_timeline.impact.requests import Load, endpoints, load, services
from postmortem_timeline.impact.users import users
from postmortem_timeline.times import rfc3339

NS = 1_000_000_000


def impact(
    found: Outages,
    requests: pd.DataFrame,
    chosen: Vantage,
    count_users: Callable[[list[tuple[int, int]]], dict[str, Any]] | None = None,
    *,
    failures: pd.DataFrame | None = None,
    failed: Callable[[np.ndarray], np.ndarray] = server_error,
    slo: float | None = None,
    slo_period_days: float = 30.0,
    period_requests: int | None = None,
    revenue_per_minute: float | None = None,
    revenue_per_request: float | None = None,
    expected_users: int | None = None,
    width: int = 1,
) -> dict[str, Any]:
    """The `impact` of an incident (fields of the published schema, plus `observed`, `services` and `endpoints`).

    in:  the windows (their edges refined or not), the requests at the vantage (vantage.at_vantage), the vantage,
         `count_users(windows)` as Evidence.users.count bound to sources and clocks, `failures` (Evidence.failures with
         clocks applied) for the endpoints, what counts as `failed`, `width` of the requests' buckets in seconds
    out: a dict; without any request evidence everything is null, without windows it is 0
    """
    if not chosen.sources:
        return _unknown()
    seen = load(found, requests, width=width)
    span = int(requests["second"].max() - requests["second"].min()) + width if len(requests) else 0
    rate = float(requests["n"].sum()) / span if span else 0.0
    return {
        "vantage": chosen.sentence,
        "windows": [[rfc3339(a), rfc3339(b)] for a, b in edges(found)],
        "window_details": _details(found.windows),
        "downtime_seconds": _round(seen.downtime),
        "weighted_downtime_seconds": _round(seen.weighted),
        "full_outage_seconds": _round(seen.full),
        "users": users(found, seen, requests, count_users, width=width, expected=expected_users),
        "requests": {"total": seen.total, "failed": seen.failed, "missing": seen.missing},
        "error_budget": error_budget(seen, rate, slo=slo, days=slo_period_days, period_requests=period_requests),
        "cost": cost(seen, revenue_per_minute=revenue_per_minute, revenue_per_request=revenue_per_request),
        "observed": _observed(requests, width),
        "services": services(found, requests, width=width),
        "endpoints": endpoints(found, failures, chosen, failed) if failures is not None else [],
    }


def edges(found: Outages) -> list[tuple[int, int]]:
    """The windows as pairs of nanoseconds."""
    return [(int(a), int(b)) for a, b in zip(found.windows["start_ns"], found.windows["end_ns"], strict=True)]


def _unknown() -> dict[str, Any]:
    names = (
        "downtime_seconds",
        "weighted_downtime_seconds",
        "full_outage_seconds",
        "users",
        "requests",
        "error_budget",
        "cost",
    )
    return {
        "vantage": None,
        "windows": [],
        "window_details": [],
        **dict.fromkeys(names),
        "observed": None,
        "services": [],
        "endpoints": [],
    }


def _observed(requests: pd.DataFrame, width: int) -> dict[str, Any]:
    """What was there to look at: all requests at the vantage, inside the windows and outside."""
    if requests.empty:
        return {"start": None, "end": None, "requests": 0, "failed": 0}
    start, end = int(requests["second"].min()) * NS, (int(requests["second"].max()) + width) * NS
    total, failed = int(requests["n"].sum()), int(requests["failed"].sum())
    return {"start": rfc3339(start), "end": rfc3339(end), "requests": total, "failed": failed}


def _details(windows: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "start": rfc3339(int(row["start_ns"])), "end": rfc3339(int(row["end_ns"])), "kind": row["kind"],
            "services": list(row["services"]), "open_start": bool(row["open_start"]), "open_end": bool(row["open_end"]),
        }
        for row in windows.to_dict("records")
    ]  # fmt: skip


def _round(seconds: float) -> float:
    return round(seconds, 3)


__all__ = ["Load", "cost", "edges", "error_budget", "impact", "load"]
