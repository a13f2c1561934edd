"""What exports of status pages share: the row of an update, and what its words of state mean."""

from __future__ import annotations

from typing import Any

from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.parsing.members import text

KIND = "status"
# What pages call the states of an incident and of planned work, as Statuspage calls them.
STATES = {
    "watching": "monitoring", "fixed": "resolved", "fix implemented": "monitoring", "closed": "resolved",
    "completed": "completed",
    "verifying": "verifying", "in progress": "in_progress", "inprogress": "in_progress", "notstartedyet": "scheduled",
    "open": "investigating", "reopen": "investigating", "active": "investigating", "available": "resolved",
    "service is operating normally": "resolved",
    "planned": "scheduled", "upcoming": "scheduled", "rca": "postmortem", "complete": "completed", "mitigated": "monitoring",
    "informational message": "update", "performance issues": "update", "service disruption": "update",
}  # fmt: skip
IMPACTS = {
    "operational": 9, "none": 9, "maintenance": 9, "undermaintenance": 9, "low": 9, "informational": 9, "minor": 13,
    "degraded": 13,
    "degradedperformance": 13, "performance": 13, "medium": 13, "partial": 13, "partialoutage": 17, "minoroutage": 13,
    "downtime": 17,
    "major": 17, "high": 17, "majoroutage": 21, "critical": 21, "outage": 21,
    "service_information": 9, "service_disruption": 13, "service_outage": 21,
}  # fmt: skip


def state_of(word: Any) -> str | None:
    """A word of state as Statuspage would say it."""
    said = text(word).strip().lower().replace("_", " ")
    return STATES.get(said, said.replace(" ", "_")) or None


def update(
    stamp: Any, incident: str, words: str, state: Any, *, key: Any = None, services: list[str] | None = None,
    impact: Any = None, **more: Any
) -> Event:  # fmt: skip
    """The row of an update: what the page said of an incident at a time."""
    named = [name for name in services or [] if name]
    word = text(impact)
    return (stamp if isinstance(stamp, dict) else timed(stamp)) | {
        "kind": KIND, "action": state_of(state), "body": f"{incident}: {words}" if incident and words else words or incident,
        "service": named[0] if len(named) == 1 else None, "correlation_key": text(key) or None,
        "severity_number": IMPACTS.get(word.lower().replace(" ", ""), 0), "severity_text": word or None,
        "attributes": attributes({"incident": incident, "impact": word, "components": named, **more}),
    }  # fmt: skip
