"""Freshstatus: webhooks of incidents and maintenances, whose texts follow a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.status import update
from postmortem_timeline.formats.exports.walk import fits, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "freshstatus"
TITLE = "Freshstatus webhooks"
GROUP = "status"
KIND = "status"
URL = "https://support.freshstatus.io/support/solutions/articles/50000003094"
NAMES = ("*freshstatus*.json*",)

NULLS = ("", "None")
STATES = {"open": "investigating", "reopen": "investigating", "resolve": "resolved", "close": "resolved", "planned": "scheduled",
          "inprogress": "in_progress", "complete": "completed"}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """The event that caused the call stands beside the incident."""
    return 0.98 if fits(head, "id", "title", "event_data.event_type", "event_data.event_created_on") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per call."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    event = mapping(item.get("event_data"))
    kind = text(event.get("event_type"))
    if not event.get("event_created_on"):
        return
    said = kind.lower().split("_")[-1]
    words = next((text(item.get(k)) for k in ("message", "note", "description") if text(item.get(k)) not in NULLS), "")
    services = [name.strip() for name in text(item.get("affected_services")).split(",") if name.strip() not in NULLS]
    yield update(
        event["event_created_on"], text(item.get("title")), words,
        STATES.get(said, item.get("incident_status") or item.get("status") or "update"),
        key=f"freshstatus:{item.get('id')}", services=services, type=kind, maintenance="MAINTENANCE" in kind or None,
        **{k: item.get(k) for k in ("start_time", "end_time", "scheduled_start_time",
        "scheduled_end_time") if text(item.get(k)) not in NULLS},
    )  # fmt: skip
