"""From the story to the dict of `incident.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline._version import __version__
from postmortem_timeline.correlate import Story
from postmortem_timeline.doubts import doubts, finding, opened
from postmortem_timeline.incident import MARKS, SCHEMA_VERSION
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.times import rfc3339

SECOND = 1_000_000_000
MOST_BUCKETS = 720
LISTED = 200  # changes; an audit log of a cloud holds a hundred thousand, and nothing speaks for those further down
WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
DURATIONS = {
    "time_to_detect": ("detected", "impact_start"),
    "time_to_acknowledge": ("acknowledged", "detected"),
    "time_to_mitigate": ("mitigated", "impact_start"),
    "time_to_resolve": ("resolved", "impact_start"),
    # As a pager counts, from the moment that it told somebody (PagerDuty's MTTA and MTTR).
    "responder_time_to_acknowledge": ("acknowledged", "alerted"),
    "responder_time_to_resolve": ("resolved", "alerted"),
}


def tell(story: Story, impact: dict[str, Any], entries: list[Entry], said: Mapping[str, Any]) -> dict[str, Any]:
    """The incident dict; `said` is what people stated (title, severity, options)."""
    lifecycle = {name: mark(story.marks[name]) for name in MARKS}
    incident: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "title": said.get("title"),
        "summary": None,
        "severity": said.get("severity"),
        "lifecycle": lifecycle,
        "durations": durations(story.marks, opened=opened(story)),
        "formulas": {f"{name}_seconds": f"{end} - {start}" for name, (end, start) in DURATIONS.items()},
        "impact": impact,
        "services": [
            {**one, "score": round(float(one["score"]), 3), "citations": list(one["citations"])}
            for one in story.suspects
        ],
        "changes": [
            {
                **one,
                "at": rfc3339(int(one["at"])),
                "score": round(float(one["score"]), 3),
                "citations": list(one["citations"]),
            }
            for one in story.changes[:LISTED]
        ],
        "clocks": clocks(story),
        "ledger": [entry.as_dict() for entry in entries],
        "findings": doubts(story, entries) + _unlisted(len(story.changes) - LISTED),
        "other_incidents": others(story.others),
        "tool": {"name": "postmortem_timeline", "version": __version__},
        "curve": curve(story),
        "options": dict(said.get("options") or {}),
    }
    return plain(incident)


def _unlisted(count: int) -> list[dict[str, Any]]:
    """What a reader should know of the changes that are not listed."""
    said = f"{count:,} further changes, for which less speaks than for the {LISTED} listed, are left out of the list"
    return [finding("changes_unlisted", said)] if count > 0 else []


def mark(found: Mapping[str, Any]) -> dict[str, Any]:
    """A mark as JSON holds it."""
    out = dict(found)
    out["at"] = None if found["at"] is None else rfc3339(int(found["at"]))
    if found.get("confidence") is not None:
        out["confidence"] = round(float(found["confidence"]), 3)
    out["citations"] = list(found.get("citations") or [])
    out["alternatives"] = [mark(other) for other in found.get("alternatives") or []]
    for other in out["alternatives"]:
        for key in ("alternatives", "origin", "by"):
            other.pop(key, None)
    return out


def durations(marks: Mapping[str, Any], *, opened: bool = False) -> dict[str, float | None]:
    """Each duration of DURATIONS in seconds; null where one of its marks is.

    Where the exports begin inside the outage (`opened`), what was noticed before they begin says nothing of how long it
    took: the first failure that they show is not the first.
    """
    opened = opened and marks["impact_start"].get("origin") != "annotated"
    out: dict[str, float | None] = {}
    for name, (end, start) in DURATIONS.items():
        a, b = marks[end]["at"], marks[start]["at"]
        known = a is not None and b is not None and not (opened and start == "impact_start" and a < b)
        out[f"{name}_seconds"] = None if not known else round((a // 1_000_000 - b // 1_000_000) / 1000, 3)
    return out


def clocks(story: Story) -> list[dict[str, Any]]:
    """One row for every source that was read; `clock_offset_seconds` is what its clock was ahead by.

    Where a clock drifts, that holds at `drift_at`.
    """
    rows = []
    for row in story.clocks.sort_values("source", kind="stable").itertuples():
        rows.append(
            {
                "source": row.source,
                "zone_offset_seconds": float(row.zone_offset_seconds),
                "clock_offset_seconds": round(float(row.clock_offset_seconds), 3),
                "drift_seconds_per_hour": float(row.drift_seconds_per_hour),
                "drift_at": rfc3339(int(row.drift_at)) if row.drift_seconds_per_hour else None,
                "confidence": round(float(row.confidence), 3),
                "reason": row.reason,
                "applied": bool(row.applied),
            }
        )
    return rows


def others(windows: pd.DataFrame) -> list[dict[str, Any]]:
    """Windows that belong to other incidents, for whoever looks for them with --since and --until."""
    return [
        {
            "start": rfc3339(int(row["start_ns"])),
            "end": rfc3339(int(row["end_ns"])),
            "kind": row["kind"],
            "services": list(row["services"]),
        }
        for row in windows.to_dict("records")
    ]


def curve(story: Story) -> dict[str, Any] | None:
    """Requests and failures at the vantage, around the incident, in at most MOST_BUCKETS buckets."""
    requests = story.requests
    if requests.empty:
        return None
    low, high = int(requests["second"].min()), int(requests["second"].max())
    windows = story.outages.windows
    if len(windows):
        start, end = int(windows["start_ns"].min()) // SECOND, int(windows["end_ns"].max()) // SECOND
        around = max(3600, 2 * (end - start))
        low, high = max(low, start - around), min(high, end + around)
    width = next((w for w in WIDTHS if (high - low) // w < MOST_BUCKETS), (high - low) // MOST_BUCKETS + 1)
    low = low // width * width
    inside = requests[(requests["second"] >= low) & (requests["second"] <= high)]
    place = (inside["second"].to_numpy(np.int64) - low) // width
    n = int((high - low) // width) + 1
    total = np.bincount(place, weights=inside["n"], minlength=n).astype(np.int64)
    failed = np.bincount(place, weights=inside["failed"], minlength=n).astype(np.int64)
    return {
        "start": rfc3339(low * SECOND),
        "bucket_seconds": int(width),
        "total": total.tolist(),
        "failed": failed.tolist(),
    }


def plain(value: Any) -> Any:
    """Numbers of numpy as Python's, NaN as null; so that JSON holds it."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:
        return None
    return value
