"""PagerDuty: log entries, incidents (REST API v2) and webhooks v3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, severe, timed, unparsed
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "pagerduty"
TITLE = "PagerDuty log entries, incidents and webhooks"
GROUP = "paging"
KIND = "page"
URL = "https://developer.pagerduty.com/api-reference/"
NAMES = ("*pagerduty*.json", "*log_entries*.json")

ARRAYS = ("log_entries", "incidents")
# The stem of an entry's type (`trigger_log_entry`, `trigger_log_entry_reference`) as what was done; others stay.
ACTIONS = {
    "trigger": "triggered", "acknowledge": "acknowledged", "acknowledgement": "acknowledged",
    "unacknowledge": "unacknowledged",
    "resolve": "resolved", "notify": "notified", "escalate": "escalated", "assign": "assigned", "annotate": "annotated",
    "delegate": "delegated", "snooze": "snoozed", "priority_change": "priority_updated",
    "urgency_change": "urgency_updated",
    "exhaust_escalation_path": "escalation_exhausted", "repeat_escalation_path": "escalation_repeated",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Log entries have types that end in `_log_entry`, incidents a number and an urgency, webhooks an event type."""
    keys = key_paths(head)
    if not keys:
        return 0.0
    for base in ("log_entries[].", "[].", "log_entry.", ""):
        if {base + "type", base + "created_at"} <= keys and b"_log_entry" in head:
            return 0.98
    for base in ("incidents[].", "[].", "incident."):
        if base + "incident_number" in keys and (base + "urgency" in keys or base + "incident_key" in keys):
            return 0.98
    if {"event.event_type", "event.occurred_at"} <= keys or {"[].event.event_type", "[].event.occurred_at"} <= keys:
        return 0.97
    return 0.95 if keys & set(ARRAYS) and {"limit", "more"} <= keys else 0.0  # an empty page


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per log entry and webhook; of an incident its trigger, acknowledgements, assignments and end."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        if element.path == REST:
            if element.value.get("more") is True:
                context.note("more_pages", 'the export is one page of several ("more": true)')
            continue
        events = [] if element.path == BROKEN else _of(mapping(element.value))
        yield from [event | {"kind": KIND} | placed(element) for event in events] or [unparsed(element)]


def _of(item: dict[str, Any]) -> list[Event]:
    item = mapping(item.get("log_entry") or (item.get("incident") if len(item) == 1 else None)) or item
    if "event_type" in mapping(item.get("event")):
        return [_webhook(item["event"])]
    if "_log_entry" in text(item.get("type")):
        return [_log_entry(item)]
    return list(_incident(item)) if "incident_number" in item else []


def _log_entry(entry: dict[str, Any]) -> Event:
    stem = text(entry.get("type")).removesuffix("_reference").removesuffix("_log_entry")
    agent, channel, incident = (
        mapping(entry.get("agent")),
        mapping(entry.get("channel")),
        mapping(entry.get("incident")),
    )
    details = mapping(entry.get("event_details"))
    summary = text(entry.get("summary"))
    said = (
        entry.get("note")
        or channel.get("content")
        or (channel.get("summary") if stem in ("annotate", "trigger") else None)
    )
    more = {
        "id": entry.get("id"), "agent_type": agent.get("type"), "agent_id": agent.get("id"),
        "channel": channel.get("type"),
        "incident": incident.get("summary"), "incident_key": channel.get("incident_key") or details.get("incident_key"),
        "summary": summary, "subject": channel.get("summary") or channel.get("subject"), "note": entry.get("note"),
        "description": details.get("description"), "notification": channel.get("notification"),
        "user": mapping(entry.get("user")).get("summary"), "service": _summary(entry, "service"),
        "url": entry.get("html_url"),
        "assignees": [assignee.get("summary") for assignee in objects(entry.get("assignees"))],
    }  # fmt: skip
    return timed(entry.get("created_at")) | {
        "action": ACTIONS.get(stem, stem), "actor": agent.get("summary"), "service": _summary(entry, "service"),
        "body": _body(text(incident.get("summary")), summary, text(said)), "correlation_key": incident.get("id"),
        "attributes": attributes(more),
    } | severe(mapping(channel.get("cef_details")).get("severity") or channel.get("severity"))  # fmt: skip


def _webhook(event: dict[str, Any]) -> Event:
    agent, data = mapping(event.get("agent")), mapping(event.get("data"))
    incident = mapping(data.get("incident")) or data
    title = text(incident.get("title") or incident.get("summary"))
    if number := incident.get("number"):
        title = f"[#{number}] {title}"
    action = text(event.get("event_type")).removeprefix("incident.")
    more = {
        "id": event.get("id"), "agent_type": agent.get("type"), "agent_id": agent.get("id"), "channel": "webhook",
        "incident": title, "incident_key": incident.get("incident_key"), "urgency": incident.get("urgency"),
        "priority": _summary(incident, "priority"), "service": _summary(incident, "service"),
        "url": incident.get("html_url"),
        "assignees": [assignee.get("summary") for assignee in objects(incident.get("assignees"))],
    }  # fmt: skip
    return timed(event.get("occurred_at")) | {
        "action": action, "actor": agent.get("summary"), "service": _summary(incident, "service"),
        "body": _body(title, action.replace("_", " "), text(data.get("content"))),
        "correlation_key": incident.get("id"),
        "attributes": attributes(more),
    }  # fmt: skip


def _incident(incident: dict[str, Any]) -> Iterator[Event]:
    title = text(incident.get("title") or incident.get("summary"))
    title = title if title.startswith("[#") else f"[#{incident['incident_number']}] {title}"
    more = {
        "id": mapping(incident.get("first_trigger_log_entry")).get("id"), "incident": title,
        "service": _summary(incident, "service"),
        "incident_key": incident.get("incident_key"), "status": incident.get("status"),
        "urgency": incident.get("urgency"),
        "priority": _summary(incident, "priority"), "alert_counts": incident.get("alert_counts"),
        "url": incident.get("html_url"),
    }  # fmt: skip
    common = {"service": _summary(incident, "service"), "correlation_key": incident.get("id")}

    def row(action: str, stamp: Any, who: dict[str, Any]) -> Event:
        agent = {"agent_type": who.get("type"), "agent_id": who.get("id")}
        told = {"action": action, "actor": who.get("summary"), "body": _body(title, action, "")}
        return timed(stamp) | told | common | {"attributes": attributes(agent | more)}

    yield row("triggered", incident.get("created_at"), {})
    for taken in objects(incident.get("assignments")):
        yield row("assigned", taken.get("at"), mapping(taken.get("assignee")))
    for taken in objects(incident.get("acknowledgements")):
        yield row("acknowledged", taken.get("at"), mapping(taken.get("acknowledger")))
    ended = incident.get("resolved_at") or (
        incident.get("last_status_change_at") if incident.get("status") == "resolved" else None
    )
    if ended:
        yield row("resolved", ended, mapping(incident.get("last_status_change_by")))


def _body(title: str, summary: str, said: str) -> str:
    parts = list(dict.fromkeys(part for part in (title, summary, said) if part))
    return ": ".join([part.rstrip(".") for part in parts[:-1]] + parts[-1:])


def _summary(item: dict[str, Any], member: str) -> str | None:
    return text(mapping(item.get(member)).get("summary")) or None
