"""Incident managers: incident.io, FireHydrant, Rootly; incidents with their marks, updates and timeline events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "incident_managers"
TITLE = "incident.io, FireHydrant and Rootly incidents, updates and timelines"
GROUP = "paging"
KIND = "page"
URL = "https://api-docs.incident.io/tag/Incidents-V2"
NAMES = ("*incident*io*.json*", "*firehydrant*.json*", "*rootly*.json*")

ARRAYS = ("incidents", "incident_updates", "data", "alerts")
# How teams call their marks, as what was done; theirs else, with words joined.
MARKS = {
    "reported": "declared", "declared": "declared", "accepted": "acknowledged", "acknowledged": "acknowledged",
    "impact started": "impact_started", "started": "impact_started", "detected": "detected", "identified": "identified",
    "fixed": "mitigated", "mitigated": "mitigated", "stabilised": "mitigated", "impact ended": "impact_ended",
    "resolved": "resolved", "closed": "closed", "investigating": "acknowledged", "in triage": "acknowledged",
    "postmortem started": "postmortem_started", "postmortem completed": "postmortem_completed",
    "retrospective started": "postmortem_started", "retrospective completed": "postmortem_completed",
    "cancelled": "cancelled", "canceled": "cancelled",
}  # fmt: skip
SEVERITY = {"sev0": 24, "sev1": 21, "sev2": 17, "sev3": 13, "sev4": 9, "sev5": 5, "critical": 21, "major": 17, "high": 17,
            "minor": 13, "medium": 13, "low": 9}  # fmt: skip
ROOTLY = ("started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at", "cancelled_at", "closed_at")


def sniff(head: bytes, name: str) -> float:
    """incident.io has a reference and marks of its own, FireHydrant milestones, Rootly a slug and its five times."""
    for under in ("incidents[].", "[].", "incident.", ""):
        if fits(head, "reference", "incident_status", "created_at", under=(under,)) or fits(
            head, "incident_timestamp_values", "reference", under=(under,)
        ):
            return 0.98
    if fits(head, "incident_id", "new_incident_status", under=("incident_updates[].", "[].")):
        return 0.98
    if b"_incident.incident_" in head[:400] and fits(head, "event_type"):
        return 0.97
    if fits(head, "milestones", "current_milestone", under=("data[].", "[].", "")):
        return 0.98
    if fits(head, "incident_id", "occurred_at", "type", "visibility", under=("data[].", "[].")):
        return 0.96
    for under in ("data[].attributes.", "data.attributes.", "data.", "[].data.", "[].attributes."):
        if fits(head, "mitigated_at", "detected_at", "slug", under=(under,)):
            return 0.98
    return 0.95 if fits(head, "occurred_at", "event", "visibility", under=("data[].attributes.",)) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per mark of an incident that has a time, per update, and per entry of its timeline."""
    return walk(data, context, ARRAYS, _of, KIND, _paged)


def _paged(rest: dict[str, Any], context: Context) -> None:
    if pick(rest, "pagination_meta.after", "pagination.next", "links.next"):
        context.note("more_pages", "the export is one page of several")


def _of(item: dict[str, Any]) -> Iterator[Event]:
    kind = text(item.get("event_type"))
    inside = mapping(item.get("attributes"))
    if kind and isinstance(item.get(kind), dict):  # a webhook of incident.io
        held = item[kind]
        yield from _of(mapping(held.get("incident")) or held)
    elif "new_incident_status" in item:
        yield _update(item)
    elif "incident_status" in item or "incident_timestamp_values" in item:
        yield from _incident_io(item)
    elif "milestones" in item:
        yield from _hydrant(item)
    elif "occurred_at" in item and "incident_id" in item:
        yield _entry(item, item.get("type"), _words(item.get("data")), item.get("author"), item.get("incident_id"))
    elif "mitigated_at" in inside:
        yield from _rootly(inside, text(item.get("id")))
    elif "occurred_at" in inside:
        key = pick(item, "relationships.incident.data.id") or inside.get("incident_id")
        yield _entry(inside, inside.get("kind"), text(inside.get("event")), inside.get("user"), key)
    elif "mitigated_at" in item:
        yield from _rootly(item, text(item.get("id")))
    elif isinstance(item.get("data"), dict) and kind != "":
        yield from _rootly(item["data"], text(item["data"].get("id")))
    elif isinstance(item.get("data"), dict):
        yield from _of(item["data"])


def _mark(name: str) -> str:
    word = name.strip().lower().replace("_", " ")
    for tail in (" at", " time"):
        word = word.removesuffix(tail)
    return MARKS.get(word, word.replace(" ", "_"))


def _severity(word: str) -> Event:
    plain = word.lower().replace("-", "").replace(" ", "")
    return {"severity_number": SEVERITY.get(plain, 0), "severity_text": word or None}


def _incident_io(item: dict[str, Any]) -> Iterator[Event]:
    title = f"[{item.get('reference')}] {text(item.get('name'))}"
    more = {
        "incident": title, "status": pick(item, "incident_status.name"), "category": pick(item, "incident_status.category"),
        "channel": item.get("slack_channel_name"), "postmortem": item.get("postmortem_document_url"),
        "url": item.get("permalink"), "mode": item.get("mode"), "summary": item.get("summary"),
        "durations": {text(pick(one, "duration_metric.name")): one.get("value_seconds")
                      for one in objects(item.get("duration_metrics")) if one.get("value_seconds") is not None},
        "roles": {text(pick(one, "role.name")): pick(one, "assignee.name")
                  for one in objects(item.get("incident_role_assignments")) if pick(one, "assignee.name")},
    }  # fmt: skip
    common = {"body": title, "correlation_key": text(item.get("id") or item.get("reference")) or None}
    common |= _severity(text(pick(item, "severity.name")))
    creator = pick(item, "creator.user.name")
    steps = []
    for one in objects(item.get("incident_timestamp_values")):
        stamp = pick(one, "value.value") or one.get("value")
        steps.append(
            moment(_mark(text(pick(one, "incident_timestamp.name"))), stamp if isinstance(stamp, str) else None)
        )
    if not any(step["action"] == "declared" for step in steps):
        steps.insert(0, moment("declared", item.get("created_at"), creator))
    yield from life(steps, common, more)


def _update(item: dict[str, Any]) -> Event:
    who = pick(item, "updater.user.name")
    more = {
        "status": pick(item, "new_incident_status.name"), "severity": pick(item, "new_severity.name"),
        "id": item.get("id"), "agent_type": "user" if who else None,
    }  # fmt: skip
    said = text(item.get("message")) or f"status: {more['status']}"
    return moment("annotated", item.get("created_at"), who) | {
        "body": said, "correlation_key": text(item.get("incident_id")) or None, "attributes": attributes(more),
    } | _severity(text(more["severity"] or ""))  # fmt: skip


def _hydrant(item: dict[str, Any]) -> Iterator[Event]:
    """`started` is the time of the alert by default, and so is `detected`."""
    number = item.get("number")
    title = f"[#{number}] {text(item.get('name'))}" if number else text(item.get("name"))
    services = [text(one.get("name")) for one in objects(item.get("services"))]
    more = {
        "incident": title, "current": item.get("current_milestone"), "services": services, "summary": item.get("summary"),
        "priority": item.get("priority"), "url": item.get("incident_url"), "impact": item.get("customer_impact_summary"),
    }  # fmt: skip
    common = {
        "body": title, "correlation_key": text(item.get("id")) or None, "service": services[0] if len(services) == 1 else None,
    } | _severity(text(item.get("severity")))  # fmt: skip
    steps = [
        moment(_mark(text(one.get("type") or one.get("slug"))), one.get("occurred_at"))
        for one in objects(item.get("milestones"))
    ]
    yield from life(steps or [moment("declared", item.get("created_at"))], common, more)


def _words(data: Any) -> str:
    inside = mapping(data)
    return text(pick(inside, "body", "comment", "summary", "message", "note", "name", "text", "to"))


def _entry(item: dict[str, Any], kind: Any, said: str, who: Any, key: Any) -> Event:
    author = mapping(who)
    person = author.get("name") or author.get("full_name") or author.get("email")
    bot = text(author.get("source") or author.get("type")).lower() in ("firehydrant", "system", "bot", "integration")
    more = {
        "id": item.get("id"), "event": kind, "visibility": item.get("visibility"),
        "agent_type": "user" if person and not bot else None, "data": item.get("data"),
    }  # fmt: skip
    return moment("annotated", item.get("occurred_at"), None if bot else person) | {
        "body": said or text(kind).replace("_", " "), "correlation_key": text(key) or None, "attributes": attributes(more),
    }  # fmt: skip


def _rootly(item: dict[str, Any], key: str) -> Iterator[Event]:
    services = [text(one.get("name")) for one in objects(item.get("services"))]
    title = text(item.get("title"))
    title = f"[#{item['sequential_id']}] {title}" if item.get("sequential_id") else title
    level = item.get("severity")
    name = (
        text(pick(mapping(level), "data.attributes.name", "name", "slug")) if isinstance(level, dict) else text(level)
    )
    who = pick(item, "user.data.attributes.name", "user.name")
    more = {
        "incident": title, "status": item.get("status"), "slug": item.get("slug"), "services": services,
        "summary": item.get("summary"), "kind": item.get("kind"), "mitigation": item.get("mitigation_message"),
        "resolution": item.get("resolution_message"), "url": item.get("url"),
    }  # fmt: skip
    common = {
        "body": title, "correlation_key": key or None, "service": services[0] if len(services) == 1 else None,
    } | _severity(name)  # fmt: skip
    steps = [moment("declared", item.get("created_at"), who)]
    steps += [moment(_mark(field), item[field]) for field in ROOTLY if item.get(field)]
    yield from life(steps, common, more)
