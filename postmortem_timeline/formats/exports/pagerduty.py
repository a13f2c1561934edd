"""PagerDuty: log entries, incidents, their alerts and notes (REST API v2), analytics, change events, webhooks v1 to v3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, severe, timed, unparsed
from postmortem_timeline.formats.exports.walk import fits
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text, texts
from postmortem_timeline.parsing.moment import instant

NAME = "pagerduty"
TITLE = "PagerDuty log entries, incidents, alerts, notes, analytics, change events and webhooks"
GROUP = "paging"
KIND = "page"
URL = "https://developer.pagerduty.com/api-reference/"
NAMES = ("*pagerduty*.json", "*log_entries*.json")

ARRAYS = ("log_entries", "incidents", "alerts", "notes", "messages", "data", "change_events")
# The stem of an entry's type (`trigger_log_entry`, `trigger_log_entry_reference`) as what was done; others stay.
ACTIONS = {
    "trigger": "triggered", "acknowledge": "acknowledged", "acknowledgement": "acknowledged",
    "unacknowledge": "unacknowledged",
    "resolve": "resolved", "notify": "notified", "escalate": "escalated", "assign": "assigned", "annotate": "annotated",
    "delegate": "delegated", "snooze": "snoozed", "priority_change": "priority_updated",
    "urgency_change": "urgency_updated",
    "exhaust_escalation_path": "escalation_exhausted", "repeat_escalation_path": "escalation_repeated",
}  # fmt: skip
SHAPES = (
    ("alerts[].", ("alert_key", "created_at", "suppressed")),
    ("notes[].", ("content", "created_at", "user.summary")),
    ("messages[].", ("created_on", "incident.incident_number", "event")),
    ("messages[].", ("created_on", "data.incident.incident_number", "type")),
    ("data[].", ("incident_number", "created_at", "seconds_to_resolve")),
    ("change_events[].", ("timestamp", "summary", "integration")),
    ("change_events[].", ("timestamp", "summary", "services", "routing_key")),
    ("change_events[].", ("timestamp", "summary", "services", "source")),
)
MEASURED = (
    "seconds_to_first_ack", "seconds_to_engage", "seconds_to_mobilize", "seconds_to_resolve", "engaged_seconds",
    "snoozed_seconds", "escalation_count", "assignment_count", "acknowledgement_count", "engaged_user_count",
    "auto_resolved", "acknowledged_user_names", "assigned_user_names", "team_name", "escalation_policy_name",
)  # fmt: skip
# The event of a webhook v2 (`incident.trigger`); v1 wrote the same into `type`.
HOOKS = {
    "trigger": "triggered", "acknowledge": "acknowledged", "unacknowledge": "unacknowledged", "resolve": "resolved",
    "assign": "assigned", "escalate": "escalated", "delegate": "delegated", "annotate": "annotated",
    "priority_updated": "priority_updated", "snooze": "snoozed",
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
    if _others(head):
        return 0.97
    return 0.95 if keys & set(ARRAYS) and {"limit", "more"} <= keys else 0.0  # an empty page


def _others(head: bytes) -> bool:
    """Alerts have a key of their own, notes a user and a content, analytics how long it took, webhooks v1 a creation."""
    return any(fits(head, *needs, under=(path, "[].")) for path, needs in SHAPES)


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
        yield from [{"kind": KIND} | event | placed(element) for event in events] or [unparsed(element)]


def _of(item: dict[str, Any]) -> list[Event]:
    item = mapping(item.get("log_entry") or (item.get("incident") if len(item) == 1 else None)) or item
    if "event_type" in mapping(item.get("event")):
        return [_webhook(item["event"])]
    if "_log_entry" in text(item.get("type")):
        return [_log_entry(item)]
    if "created_on" in item and (item.get("event") or item.get("type")):
        return list(_message(item))
    if "seconds_to_resolve" in item:
        return list(_analysed(item))
    if "alert_key" in item:
        return list(_alert(item))
    if "content" in item and "user" in item:
        return [_note(item)]
    if "timestamp" in item and "summary" in item:
        return [_change(item)]
    return list(_incident(item)) if "incident_number" in item else []


def _message(message: dict[str, Any]) -> Iterator[Event]:
    """A webhook v1 or v2; of v2 the log entries that came with it, else what it says itself."""
    entries = objects(message.get("log_entries"))
    if entries:
        yield from (_log_entry(entry) for entry in entries)
        return
    incident = mapping(message.get("incident")) or mapping(mapping(message.get("data")).get("incident"))
    stem = text(message.get("event") or message.get("type")).removeprefix("incident.")
    action = HOOKS.get(stem, stem)
    title = text(incident.get("title") or mapping(incident.get("trigger_summary_data")).get("subject"))
    title = f"[#{incident.get('incident_number')}] {title}"
    # v1 says who resolved it; v2 who changed its status last, which is no person where it was automatic
    by = mapping(incident.get("resolved_by_user") if action == "resolved" else None) or mapping(
        incident.get("last_status_change_by") if action in ("acknowledged", "resolved") else None
    )
    more = {
        "id": message.get("id"), "agent_type": by.get("type") or ("user" if by else None), "agent_id": by.get("id"),
        "channel": "webhook",
        "incident": title, "incident_key": incident.get("incident_key"), "status": incident.get("status"),
        "urgency": incident.get("urgency"), "url": incident.get("html_url"),
        "assignees": [text(_named(one.get("assignee") or one.get("object"))) for one in _assigned(incident)],
    }  # fmt: skip
    yield timed(message.get("created_on")) | {
        "action": action, "actor": _named(by), "service": _named(incident.get("service")),
        "body": _body(title, action.replace("_", " "), ""), "correlation_key": incident.get("id"),
        "attributes": attributes(more),
    }  # fmt: skip


def _assigned(incident: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(incident.get("assignments")) or objects(incident.get("assigned_to"))


def _named(who: Any) -> str | None:
    return text(mapping(who).get("summary") or mapping(who).get("name")) or None


def _alert(alert: dict[str, Any]) -> Iterator[Event]:
    """An alert of an incident: what a monitor sent. Its `status` knows only an end, whose time its incident tells."""
    incident, body = mapping(alert.get("incident")), mapping(alert.get("body"))
    summary = text(alert.get("summary"))
    details = body.get("details") or mapping(body.get("cef_details")).get("details")
    more = {
        "id": alert.get("id"), "alert_key": alert.get("alert_key"), "status": alert.get("status"),
        "incident": incident.get("summary"), "incident_key": alert.get("alert_key"), "details": details,
        "source": mapping(body.get("cef_details")).get("source_component"), "url": alert.get("html_url"),
        "suppressed": alert.get("suppressed") or None, "resolved_at": alert.get("resolved_at"),
    }  # fmt: skip
    common = {
        "body": summary, "service": _summary(alert, "service"), "attributes": attributes(more),
        "correlation_key": text(incident.get("id") or alert.get("id")),
    } | severe(alert.get("severity"))  # fmt: skip
    opening = "suppressed" if alert.get("suppressed") else "alerted"
    yield timed(alert.get("created_at")) | {"action": opening} | common
    if alert.get("resolved_at"):
        yield timed(alert["resolved_at"]) | {"action": "alert_resolved"} | common


def _note(note: dict[str, Any]) -> Event:
    user, channel = mapping(note.get("user")), mapping(note.get("channel"))
    more = {"id": note.get("id"), "agent_type": user.get("type"), "agent_id": user.get("id"), "channel": channel.get("summary")}
    return timed(note.get("created_at")) | {
        "action": "annotated", "actor": _named(user), "body": text(note.get("content")), "attributes": attributes(more),
    }  # fmt: skip


def _change(change: dict[str, Any]) -> Event:
    services = [text(_named(one)) for one in objects(change.get("services"))]
    more = {
        "id": change.get("id"), "source": change.get("source"), "services": services,
        "details": change.get("custom_details"), "links": [link.get("href") for link in objects(change.get("links"))],
        "correlation": mapping(change.get("correlation_reason")).get("reason"),
    }  # fmt: skip
    return timed(change.get("timestamp")) | {
        "kind": "change", "body": text(change.get("summary")), "service": services[0] if services else None,
        "correlation_key": change.get("id"), "attributes": attributes(more),
    }  # fmt: skip


def _analysed(incident: dict[str, Any]) -> Iterator[Event]:
    """A row of the analytics: when it began and ended; the first acknowledgement by how long it took."""
    start = instant(incident.get("created_at"))
    title = f"[#{incident.get('incident_number')}] {text(incident.get('description'))}".strip()
    names = texts(incident.get("acknowledged_user_names"))
    more = {
        "incident": title, "urgency": incident.get("urgency"), "priority": incident.get("priority_name"),
        **{name: incident.get(name) for name in MEASURED},
    }  # fmt: skip
    common = {
        "service": text(incident.get("service_name")) or None, "correlation_key": incident.get("id"),
    }  # fmt: skip

    def row(action: str, time: Event, actor: str | None = None) -> Event:
        who = {"agent_type": "user"} if actor else {}
        told = {"action": action, "actor": actor, "body": _body(title, action, "")}
        return time | told | common | {"attributes": attributes(who | more)}

    yield row("triggered", timed(incident.get("created_at")))
    took = incident.get("seconds_to_first_ack")
    if start is not None and isinstance(took, (int, float)):
        acked = {"timestamp": start + round(took * 1_000_000_000), "stamp": text(incident.get("created_at"))}
        yield row("acknowledged", acked, names[0] if len(names) == 1 else None)
    if incident.get("resolved_at"):
        who = None if incident.get("auto_resolved") else text(incident.get("resolved_by_user_name")) or None
        yield row("resolved", timed(incident["resolved_at"]), who)


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
