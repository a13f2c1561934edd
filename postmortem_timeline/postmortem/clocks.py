"""Clocks that were off, told once a host and not once a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from postmortem_timeline.views import wording

NOTABLE = 2.0  # seconds; what is less moves no row of a timeline


@dataclass(frozen=True)
class Off:
    """The sources of one host whose clock was ahead (or, below zero, behind) by so many seconds."""

    name: str
    seconds: float
    reason: str

    @property
    def by(self) -> str:
        return wording.span(abs(self.seconds))

    @property
    def side(self) -> str:
        return "ahead" if self.seconds > 0 else "behind"


def off(incident: dict[str, Any], *, least: float = 0.0) -> list[Off]:
    """Every clock that was off by `least` seconds or more; files below one folder that share an offset are one."""
    groups: dict[tuple[str, float], list[dict[str, Any]]] = {}
    for row in incident.get("clocks") or []:
        seconds = row.get("clock_offset_seconds") or 0.0
        if seconds and abs(seconds) >= least:
            groups.setdefault((str(row["source"]).partition("/")[0], round(seconds)), []).append(row)
    return [_off(folder, rows) for (folder, _), rows in groups.items()]


def _off(folder: str, rows: list[dict[str, Any]]) -> Off:
    best = max(rows, key=lambda row: row.get("confidence") or 0.0)  # of equals the first: rows are in order
    name = f"{folder} ({len(rows)} files)" if len(rows) > 1 else str(best["source"])
    return Off(name, float(best["clock_offset_seconds"]), str(best.get("reason") or ""))
