"""What a build says of an incident against the truth: errors in seconds, points and shares, and what is right or wrong."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

Row = dict[str, object]
SPARSE_S = 10.0  # failures further apart than this at an edge: three mean spacings are the tolerance there
SHARED = 20
SURE = 0.8


def seconds(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None


def score(incident: dict[str, Any], truth: dict[str, Any]) -> Row:
    """One row; what the truth cannot judge is None."""
    windows, life = incident["impact"]["windows"], incident["lifecycle"]
    if not truth["impact_windows"]:
        said = {"false_alarm": int(bool(windows)), "copies": _copies(incident, truth)}
        return said | _clocks(incident, truth) | {"found": f"windows {windows}"}
    start, end = (_error(life[mark]["at"], truth[mark]) for mark in ("impact_start", "mitigated"))
    row: Row = {
        "start": _beyond(start, truth["spacing_start_s"], truth["excused_s"]),
        "end": _beyond(end, truth["spacing_end_s"], truth["excused_s"]),
        "raw_start": start, "raw_end": end, "windows": len(windows) == len(truth["impact_windows"]),
        "downtime": _downtime(incident, truth), **_share(incident, truth), "copies": _copies(incident, truth),
        "open_start": None if not truth["open_start"] else any(d["open_start"] for d in incident["impact"]["window_details"]),
        **_clocks(incident, truth), **_story(incident, truth),
    }  # fmt: skip
    users = incident["impact"]["users"]
    row["found"] = (
        f"{len(windows)} of {len(truth['impact_windows'])} windows, start {start}, end {end}, "
        f"users {users['affected']}/{users['active']} of {truth['users_affected']}/{truth['users_active']}"
    )
    return row


def _error(found: str | None, true: str) -> float:
    """Seconds by which a mark is late; endless where it is missing."""
    at, wanted = seconds(found), seconds(true)
    return math.inf if at is None or wanted is None else round(at - wanted, 3)


def _beyond(error: float, spacing: float, excused: float) -> float:
    """The error, without what three mean spacings excuse where failures are sparse, and a clock that nothing shows."""
    return round(max(0.0, abs(error) - excused - (3 * spacing if spacing > SPARSE_S else 0.0)), 3)


def _downtime(incident: dict[str, Any], truth: dict[str, Any]) -> float | None:
    found = incident["impact"]["downtime_seconds"]
    excused = sum(3 * s for s in (truth["spacing_start_s"], truth["spacing_end_s"]) if s > SPARSE_S)
    excused += 2 * len(truth["impact_windows"]) * truth["excused_s"]
    if found is None:
        return math.inf
    return round(max(0.0, abs(found - truth["downtime_s"]) - excused) / truth["downtime_s"], 5)


def _share(incident: dict[str, Any], truth: dict[str, Any]) -> Row:
    """`share` in points; `share_over` only where it is more than one user."""
    found, true = incident["impact"]["users"]["share"], truth["share_affected"]
    if not truth["share_is_knowable"] or truth["slow"]:
        return {"share": None, "share_over": None}
    if found is None:
        return {"share": 100.0, "share_over": 100.0}
    error = abs(found - true)
    return {"share": round(100 * error, 3), "share_over": round(100 * error, 3) if error > 1 / truth["users_active"] + 1e-6 else 0.0}


def _copies(incident: dict[str, Any], truth: dict[str, Any]) -> bool:
    return bool(sum(row["copies"] for row in incident["ledger"]) == truth["copies"])


def _clocks(incident: dict[str, Any], truth: dict[str, Any]) -> Row:
    """Offsets of gateways with enough shared records, local zones, and corrections that are sure and wrong."""
    slack = truth["drift_s"] + 0.5
    knowable, right = truth["clock_offset_s"] and truth["shared"] >= SHARED, []
    wrong = 0
    for clock in incident["clocks"]:
        name, found, zone = clock["source"], clock["clock_offset_seconds"] or 0.0, clock["zone_offset_seconds"] or 0.0
        host = name.split("/")[0]
        true, own = truth["clock_offset_s"].get(host, 0.0), _local(name, truth)
        if own is None:
            continue
        off = abs(found + zone - true - own * 3600)
        if "access" in name and host in truth["clock_offset_s"]:
            right.append(off <= slack)
        applied = abs(found) + abs(zone) > 0
        wrong += applied and clock["confidence"] > SURE and off > max(slack, 2.0)
    zones = [abs((c["zone_offset_seconds"] or 0) - own * 3600) < 60 for c in incident["clocks"] if (own := _local(c["source"], truth))]
    return {
        "clock": all(right) if knowable and right else None, "clock_sure_and_wrong": wrong,
        "zone": all(zones) if zones and truth["zone_is_knowable"] else None,
    }  # fmt: skip


def _local(name: str, truth: dict[str, Any]) -> float | None:
    """Hours east of UTC that a source's stamps show without saying so; None where that changes."""
    return truth["local_zone_h"] if name in truth["local_sources"] else 0.0


def _story(incident: dict[str, Any], truth: dict[str, Any]) -> Row:
    life, services, changes = incident["lifecycle"], incident["services"], incident["changes"]
    row: Row = {
        mark: abs(_error(life[mark]["at"], truth[mark])) <= slack if truth[mark] else None
        for mark, slack in (("detected", 1.0), ("acknowledged", 1.0), ("resolved", 10.0))
    }
    row["service"] = bool(services) and services[0]["name"] in truth["service_accepted"]
    row["change"] = None
    if truth["culprit_change"]:
        first = changes[0]["summary"] if changes else ""
        row["change"] = truth["culprit_change"] in first or truth["culprit_tag"] in first
    return row
