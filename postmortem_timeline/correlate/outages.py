"""The intervals in which users were failed: requests that failed, did not come, or took far too long."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.edges import SECOND
from postmortem_timeline.correlate.failing import Series, Window, failing
from postmortem_timeline.correlate.mishaps import chances
from postmortem_timeline.correlate.shared_edges import shared_edges
from postmortem_timeline.correlate.silence import Gap, cover, pooled, silence
from postmortem_timeline.correlate.slowness import slowness

SEEN = ["source", "second"]
TOUCH = 5  # seconds between windows of different services that are still one
COLUMNS = ("start_ns", "end_ns", "kind", "services", "open_start", "open_end", "requests", "failed", "score")


class Outages(NamedTuple):
    """Windows as frames of COLUMNS; `services` is one row per service and window, `windows` their union.

    `services` has a column `echo` more: true for a window that explains and is left out of the union. `windows` has a
    column `chance` more: how likely mishaps of the background make it (mishaps.py).
    """

    windows: pd.DataFrame
    services: pd.DataFrame
    not_covered: pd.DataFrame  # silences that nothing witnessed
    background: dict[str, float]  # key -> failures per request when nothing is wrong


def outages(
    requests: pd.DataFrame,
    levels: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
    *,
    alpha: float = 0.001,
) -> Outages:
    """Find the windows.

    in:  requests (vantage.at_vantage), levels (source, second of all records; without them silence has no witness but
         the requests), sources (Evidence.sources)
    out: Outages; an edge is the second of the first or last failing request (silence: see silence.Gap)
    """
    series = by_key(requests)
    together = pooled(series)
    found, rates = failing(series, alpha=alpha)
    rows = [_failed_row(s.key, w) for s, windows in zip(series, found, strict=True) for w in windows]
    # a fault spread thinly over many services shows in the sum of those that show nothing alone
    rest = [s for s, windows in zip(series, found, strict=True) if not windows]
    if len(rest) > 1:
        rows += [_failed_row("", w) for w in failing([pooled(rest)], alpha=alpha)[0][0]]
    seen = pd.concat([requests[SEEN], levels[SEEN]]) if levels is not None else requests[SEEN]
    entry = frozenset(str(name) for name in requests["source"].unique())
    gaps = silence(series, together, cover(seen, sources, entry), alpha=alpha)
    rows += [_dark_row(gap) for gap in gaps if gap.covered]
    rows += _slow_rows(requests)
    services = _frame(rows)
    services["echo"] = pd.Series([_echo(row, rows) for row in services.to_dict("records")], dtype=bool)
    background = {s.key: p0 for s, p0 in zip(series, rates, strict=True)}
    windows = shared_edges(union(services), series, alpha=alpha)
    windows["chance"] = chances(windows.to_dict("records"), series)
    return Outages(windows, services, _frame([_dark_row(g) for g in gaps if not g.covered]), background)


def by_key(requests: pd.DataFrame) -> list[Series]:
    """One series per service or route, in the order of their names."""
    code, names = pd.factorize(requests["key"], sort=True)
    second = requests["second"].to_numpy(np.int64)
    order = np.lexsort((second, code))
    code, second = code[order], second[order]
    cuts = np.flatnonzero(np.r_[True, (np.diff(code) != 0) | (np.diff(second) != 0)]) if len(order) else order
    n, failed = (
        np.add.reduceat(requests[name].to_numpy(np.int64)[order], cuts) if len(cuts) else cuts
        for name in ("n", "failed")
    )
    code, second = code[cuts], second[cuts]
    ends = np.searchsorted(code, np.arange(len(names) + 1))
    return [
        Series(str(k), second[a:b], n[a:b], failed[a:b]) for k, a, b in zip(names, ends[:-1], ends[1:], strict=True)
    ]


def union(services: pd.DataFrame) -> pd.DataFrame:
    """Windows of services joined where they overlap or nearly touch.

    Left out are echoes that would widen what users saw failing: the silence of a service whose users were stopped
    in another one, and slowness beside failures.
    """
    kept: list[dict[str, Any]] = []
    for row in services[~services["echo"]][list(COLUMNS)].to_dict("records"):
        if kept and row["start_ns"] <= kept[-1]["end_ns"] + TOUCH * SECOND:
            kept[-1] = _join(kept[-1], row)
        else:
            kept.append(dict(row))
    return _frame(kept)


def _echo(row: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
    failed = [r for r in rows if r["kind"] == "failed"]
    if row["kind"] == "slow":
        return any(_meet(row, other) for other in rows if other["kind"] != "slow")
    if row["kind"] == "dark" and row["services"]:
        length = row["end_ns"] - row["start_ns"]
        return any(2 * _overlap(row, other) > length for other in failed if other["services"] != row["services"])
    return False


def _join(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    longer = max((a, b), key=lambda r: r["end_ns"] - r["start_ns"])
    last = max((a, b), key=lambda r: r["end_ns"])
    first = min((a, b), key=lambda r: r["start_ns"])
    return {
        "start_ns": first["start_ns"], "end_ns": last["end_ns"], "kind": longer["kind"],
        "services": sorted({*a["services"], *b["services"]}),
        "open_start": first["open_start"], "open_end": last["open_end"],
        "requests": a["requests"] + b["requests"], "failed": a["failed"] + b["failed"],
        "score": a["score"] + b["score"],
    }  # fmt: skip


def _overlap(a: dict[str, Any], b: dict[str, Any]) -> int:
    return min(a["end_ns"], b["end_ns"]) - max(a["start_ns"], b["start_ns"])


def _meet(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return _overlap(a, b) >= -TOUCH * SECOND


def _failed_row(key: str, window: Window) -> dict[str, Any]:
    end = max(window.last, window.first + 1)
    return {
        "start_ns": window.first * SECOND, "end_ns": end * SECOND, "kind": "failed", "services": [key] if key else [],
        "open_start": window.open_start, "open_end": window.open_end,
        "requests": window.requests, "failed": window.failed, "score": window.score,
    }  # fmt: skip


def _dark_row(gap: Gap) -> dict[str, Any]:
    start, end = gap.edges_ns()
    return {
        "start_ns": start, "end_ns": end, "kind": "dark", "services": [key for key in gap.keys if key],
        "open_start": False, "open_end": gap.open_end, "requests": 0, "failed": 0, "score": gap.score,
    }  # fmt: skip


def _slow_rows(requests: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for key, part in requests[requests["timed"] > 0].groupby("key", sort=True, observed=True):
        columns = (part[name].to_numpy() for name in ("second", "duration_us", "timed"))
        for slow in slowness(*columns):
            inside = part[part["second"].between(slow.begin, slow.end - 1)]
            rows.append({
                "start_ns": slow.begin * SECOND, "end_ns": slow.end * SECOND, "kind": "slow",
                "services": [str(key)] if key else [],
                "open_start": slow.open_start, "open_end": slow.open_end,
                "requests": int(inside["n"].sum()), "failed": int(inside["failed"].sum()), "score": slow.score,
            })  # fmt: skip
    return rows


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    ordered = sorted(rows, key=lambda r: (r["start_ns"], r["end_ns"], r["services"], r["kind"]))
    frame = pd.DataFrame(ordered, columns=list(COLUMNS))
    return frame.astype(
        {"start_ns": "int64", "end_ns": "int64", "requests": "int64", "failed": "int64", "score": "float64"}
    )
