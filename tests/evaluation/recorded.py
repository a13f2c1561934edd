"""Suite: recordings of real servers under real faults, with the clients' own records as truth."""

from __future__ import annotations

import json
import math
import statistics
from datetime import datetime
from pathlib import Path
from typing import Any

from postmortem_timeline import build_timeline

from .data import FIXTURES, SHARED
from .result import Result

NAME = "recorded"
MARKS = ("impact_start", "mitigated", "detected", "acknowledged", "resolved")
RIGHT = ("service", "change", "clock", "zone", "requests")


def cases() -> list[Path]:
    """The recordings bundled with the repository, and those that lie beside it under another name."""
    bundled = sorted(path.parent for path in FIXTURES.glob("lab_*/truth.json"))
    known = {path.name.removeprefix("lab_") for path in bundled}
    beside = sorted(path.parent for path in (SHARED / "lab").glob("*/truth.json"))
    return [*bundled, *(path for path in beside if path.name not in known)]


def run(fast: bool) -> Result:
    """Errors in seconds (found minus true), the share in points, downtime in percent, and what is right."""
    rows = [_row(path) for path in cases()]
    if not rows:
        return Result(NAME, skipped="no recordings")
    summary = {f"{mark}_worst_s": _worst(rows, mark) for mark in MARKS}
    summary |= {"share_worst_points": _worst(rows, "share"), "downtime_worst_percent": _worst(rows, "downtime")}
    summary["right"] = round(statistics.fmean(float(bool(row[what])) for row in rows for what in RIGHT if row[what] is not None), 4)
    goals = {
        "impact_start_worst_s": ("<=", 5.0), "mitigated_worst_s": ("<=", 30.0), "detected_worst_s": ("<=", 1.0),
        "acknowledged_worst_s": ("<=", 1.0), "resolved_worst_s": ("<=", 10.0), "share_worst_points": ("<=", 2.0),
        "downtime_worst_percent": ("<=", 3.0), "right": (">=", 1.0),
    }  # fmt: skip
    return Result(NAME, rows, summary, goals)


def _worst(rows: list[dict[str, Any]], column: str) -> float:
    return max(abs(row[column]) if row[column] is not None else 999.0 for row in rows)


def _row(folder: Path) -> dict[str, Any]:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(build_timeline(folder / "exports").to_json())
    impact = found["impact"]
    row: dict[str, Any] = {"incident": folder.name.removeprefix("lab_")}
    for mark in MARKS:
        row[mark] = _seconds(found["lifecycle"][mark]["at"], truth[mark])
    share, downtime = (impact["users"] or {}).get("share"), impact["downtime_seconds"]
    row["share"] = None if share is None else round(100 * (share - truth["share_affected"]), 2)
    row["downtime"] = None if downtime is None else round(100 * (downtime / truth["downtime_s"] - 1), 2)
    return row | _right(found, truth)


def _seconds(found: str | None, true: str | None) -> float | None:
    if found is None or true is None:
        return 0.0 if found is true else None
    return round((datetime.fromisoformat(found) - datetime.fromisoformat(true)).total_seconds(), 3)


def _right(found: dict[str, Any], truth: dict[str, Any]) -> dict[str, bool | None]:
    """What is right or wrong, None where the recording has nothing of the kind."""
    services, changes, requests = found["services"], found["changes"], found["impact"]["requests"] or {}
    pairs = (("total", "requests_in_windows"), ("failed", "requests_failed"))
    culprit = truth.get("culprit_change")
    return {
        "service": bool(services) and services[0]["name"] in truth["service_accepted"],
        "change": bool(changes) and culprit in json.dumps(changes[0]["summary"]) if culprit else None,
        "clock": _all_near(found, truth.get("clock_offset_s") or {}, "clock_offset_seconds", 5.0),
        "zone": _all_near(found, _zones(truth), "zone_offset_seconds", 60.0),
        "requests": all(math.isclose(requests.get(ours) or 0, truth[theirs], rel_tol=0.03) for ours, theirs in pairs),
    }


def _zones(truth: dict[str, Any]) -> dict[str, float]:
    hours = truth.get("syslog_utc_offset_h")
    return {"syslog": hours * 3600.0} if hours else {}


def _all_near(found: dict[str, Any], wanted: dict[str, float], field: str, slack: float) -> bool | None:
    """Whether for every word of `wanted` a source of that name has the offset."""
    if not wanted:
        return None
    return all(
        any(word in clock["source"] and abs((clock[field] or 0.0) - offset) <= slack for clock in found["clocks"])
        for word, offset in wanted.items()
    )
