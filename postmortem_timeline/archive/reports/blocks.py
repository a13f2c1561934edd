"""The parts of an imported incident that are not marks: summary, services, changes, its ledger row, the rows of its timeline."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from postmortem_timeline.archive.reports import titles
from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.layout import Line
from postmortem_timeline.archive.reports.lifecycle import stamp
from postmortem_timeline.archive.reports.row import Row

FORMAT = "markdown_postmortem"


def summary(walked: Sequence[Line]) -> str | None:
    """The first lines under a heading that says summary; else of what the report opens with."""
    said = [line for line in walked if not line.table and not line.heading and not line.fenced and len(line.text) > 30]
    told = [
        line for line in said if re.search(r"(?i)summary|overview|resum|what happened|abstract|impact", line.under)
    ] or said
    text = re.sub(r"\s+", " ", " ".join(re.sub(r"^[-*+>]\s+|\*\*", "", line.text) for line in told[:2]))
    return text[:500] or None


def services(source: str, found: Sequence[Fact], heading: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "score": score,
            "reason": "listed in the report" if line else "named in its title",
            "citations": [f"{source}:{line or 1}"],
        }
        for name, line, score in titles.services(found, heading)
    ]


def changes(life: Mapping[str, Any]) -> list[dict[str, Any]]:
    changed = life["changed"]
    if not changed["at"]:
        return []
    return [
        {
            "at": changed["at"],
            "service": None,
            "summary": changed["reason"],
            "score": changed["confidence"],
            "reason": changed["reason"],
            "citations": changed["citations"],
        }
    ]


def ledger(text: str, source: str, life: Mapping[str, Any]) -> dict[str, Any]:
    """What was read: every line of the report counts as a record of it."""
    total = text.count("\n") + (not text.endswith("\n"))
    blank = sum(not line.strip() for line in text.splitlines())
    times = sorted(mark["at"] for mark in life.values() if mark["at"])
    return {
        "source": source,
        "format": FORMAT,
        "confidence": 1.0,
        "lines": total,
        "records": total - blank,
        "events": 0,
        "continuation": 0,
        "blank": blank,
        "structure": 0,
        "unparsed": 0,
        "copies": 0,
        "first": times[0] if times else None,
        "last": times[-1] if times else None,
        "notes": [],
    }


def timeline_row(source: str, row: Row, life: Mapping[str, Any], *, dated: bool) -> dict[str, Any]:
    """A row as `timeline.parquet` has it; without a moment where the report names no day."""
    at = stamp(row.utc) if row.utc and dated else None
    return {
        "start": at,
        "end": stamp(row.end) if row.end and dated else at,
        "kind": "note",
        "phase": _phase(at, life["impact_start"]["at"], life["mitigated"]["at"]),
        "severity_number": 0,
        "service": None,
        "actor": None,
        "summary": row.text or "(no text)",
        "count": 1,
        "reason": "note",
        "score": 50.0,
        "citations": [f"{source}:{row.line}"],
        "sources": 1,
    }


def _phase(at: str | None, begins: str | None, over: str | None) -> str:
    if at and begins and begins <= at <= (over or at):
        return "impact"
    if at and begins and at < begins:
        return "before"
    return "after" if at and over and at > over else "response"
