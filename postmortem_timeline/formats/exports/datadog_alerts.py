"""Datadog: events (v1, v2), monitor webhooks, downtimes, incidents and their timelines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, labelled
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, tags, walk
from postmortem_timeline.parsing.jsondoc import key_paths
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "datadog_alerts"
TITLE = "Datadog events, monitor webhooks, downtimes and incidents"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.datadoghq.com/api/latest/events/"
NAMES = ("*datadog*.json*",)

ARRAYS = ("events", "data", "event.children")
TYPES = {
    "error": 17,
    "warning": 13,
    "warn": 13,
    "info": 9,
    "success": 9,
    "user_update": 9,
    "recommendation": 9,
    "snapshot": 9,
}
PRIORITY = {"P1": 21, "P2": 17, "P3": 13, "P4": 9, "P5": 5}  # of monitors
SEV = {"SEV-0": 24, "SEV-1": 21, "SEV-2": 17, "SEV-3": 13, "SEV-4": 9, "SEV-5": 5}
TRANSITIONS = {
    "triggered": "firing", "re-triggered": "firing", "renotify": "firing", "alert": "firing", "warn": "firing",
    "no data": "no_data", "re-no data": "no_data", "recovered": "resolved", "ok": "resolved",
    "alert recovery": "resolved", "muted": "silenced", "unmuted": "unmuted",
}  # fmt: skip
TITLED = re.compile(
    r"\[(Triggered|Re-Triggered|Recovered|Warn|Re-Warn|No data|Re-No data|Muted|Unmuted)", re.IGNORECASE
)
EVENT = re.compile(rb'"type"\s*:\s*"event"')  # logs have the same shape, and are of another type
PRIORITY_TITLED = re.compile(r"\[(P[1-5])\]")
MARKS = (
    ("customer_impact_start", "impact_started"), ("detected", "detected"), ("created", "declared"),
    ("declared", "declared"), ("customer_impact_end", "impact_ended"), ("resolved", "resolved"), ("archived", "closed"),
)  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Events have a date they happened and tags; of v2 attributes in attributes; incidents their marks."""
    keys = key_paths(head)
    if not keys:
        return 0.0
    if fits(head, "date_happened", "title", under=("events[].", "event.", "[].", "")):
        return 0.97
    if fits(head, "alert_transition", under=("", "[].")) and b"event_type" in head:
        return 0.96
    for under in ("data[].attributes.", "data.attributes."):
        if under + "attributes.evt.name" in keys or (
            under + "attributes.title" in keys and under + "timestamp" in keys and EVENT.search(head)
        ):
            return 0.96
        if under + "customer_impact_scope" in keys or {under + "public_id", under + "detected"} <= keys:
            return 0.97
        if under + "monitor_identifier" in keys and under + "schedule" in keys:
            return 0.96
    return 0.9 if fits(head, "monitor_id", "monitor_tags", "creator_id", under=("[].", "")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per event and webhook; of a downtime and an incident each mark of its life."""
    return walk(data, context, ARRAYS, _of, KIND, _paged)


def _paged(rest: dict[str, Any], context: Context) -> None:
    if pick(rest, "links.next", "meta.page.after"):
        context.note("more_pages", "the export is one page of several (links.next)")


def _of(item: dict[str, Any]) -> Iterator[Event]:
    if isinstance(item.get("event"), dict) and "date_happened" in item["event"]:
        item = item["event"]
    held = item.get("data")
    if isinstance(held, dict):
        item = held
    inside = mapping(item.get("attributes"))
    if "date_happened" in item or "alert_transition" in item:
        yield _event(item)
    elif "customer_impact_scope" in inside or "public_id" in inside or "detected" in inside:
        yield from _incident(item, inside)
    elif "monitor_identifier" in inside or "monitor_tags" in item:
        yield from _downtime(item, inside or item)
    elif "timestamp" in inside:
        yield _second(item, inside)


def _told(title: str, said: str, transition: str, level: str, known: dict[str, str], key: str, stamp: Any) -> Event:
    found = TITLED.search(title)
    state = (transition or (found[1] if found else "")).lower()
    priority = PRIORITY_TITLED.search(title)
    action = next((done for word, done in TRANSITIONS.items() if state.startswith(word)), state or None)
    number = PRIORITY.get(priority[1], 0) if priority else TYPES.get(level.lower(), 0)
    return moment(action, stamp) | labelled(known) | {
        "body": f"{title}: {said}" if said and said != title else title, "correlation_key": key or None,
        "severity_number": number, "severity_text": priority[1] if priority else level or None,
    }  # fmt: skip


def _event(item: dict[str, Any]) -> Event:
    """A webhook's fields are what its template says; seconds or milliseconds. An event's `text` may be marked up."""
    known = tags(item.get("tags"))
    stamp = item.get("date_happened") or item.get("date") or item.get("last_updated")
    said = text(item.get("text") or item.get("body")).replace("%%%", "").strip().splitlines()
    key = text(
        item.get("monitor_id") or item.get("alert_id") or item.get("aggregation_key") or item.get("alert_cycle_key")
    )
    title = text(item.get("title") or item.get("event_title"))
    level = text(item.get("alert_type") or item.get("priority"))
    row = _told(title, said[0] if said else "", text(item.get("alert_transition")), level, known, key, stamp)
    more = {
        "id": item.get("id"), "alert_name": item.get("alert_title") or item.get("monitor_name"), "labels": known,
        "source": item.get("source") or item.get("source_type_name"), "url": item.get("url") or item.get("link"),
        "aggregation_key": item.get("aggregation_key"), "children": len(objects(item.get("children"))) or None,
        "alert_status": item.get("alert_status"), "scope": item.get("alert_scope") or item.get("scope"),
    }  # fmt: skip
    host = text(item.get("host") or item.get("hostname"))
    change = text(item.get("source") or item.get("source_type_name")).lower() in CHANGES
    return (
        row
        | {"attributes": attributes(more)}
        | ({"host": host} if host else {})
        | ({"kind": "change"} if change else {})
    )


CHANGES = (
    "deployment",
    "jenkins",
    "github",
    "gitlab",
    "capistrano",
    "ansible",
    "chef",
    "puppet",
    "terraform",
    "argocd",
)


def _second(item: dict[str, Any], outer: dict[str, Any]) -> Event:
    """Of v2 what happened lies in the attributes' own attributes."""
    inside = mapping(outer.get("attributes"))
    known = tags(outer.get("tags"))
    monitor = mapping(inside.get("monitor"))
    title = text(inside.get("title") or pick(inside, "evt.name"))
    said = (text(outer.get("message")).replace("%%%", "").strip().splitlines() or [""])[0]
    transition = text(pick(inside, "monitor.transition.destination_state") or "")
    level = text(inside.get("status") or "")
    key = text(pick(inside, "monitor.id", "monitor_id", "aggregation_key"))
    row = _told(title, said, transition, level, known, key, outer.get("timestamp") or inside.get("timestamp"))
    more = {
        "id": item.get("id"), "alert_name": monitor.get("name"), "labels": known,
        "source": pick(inside, "evt.source", "sourcecategory", "service"), "groups": inside.get("monitor_groups"),
        "old_state": pick(inside, "monitor.transition.source_state"),
    }  # fmt: skip
    host = text(inside.get("hostname"))
    return row | {"attributes": attributes(more)} | ({"host": host} if host else {})


def _downtime(item: dict[str, Any], inside: dict[str, Any]) -> Iterator[Event]:
    """While a downtime lasts its monitors are kept from everybody."""
    schedule = mapping(inside.get("schedule"))
    start = inside.get("start") or schedule.get("start") or pick(schedule, "current_downtime.start")
    end = inside.get("canceled") or inside.get("end") or schedule.get("end") or pick(schedule, "current_downtime.end")
    about = text(inside.get("message")) or text(inside.get("scope"))
    more = {
        "id": item.get("id"), "scope": inside.get("scope"), "monitor": pick(inside, "monitor_identifier", "monitor_id"),
        "status": inside.get("status"), "timezone": inside.get("timezone"), "end": end,
    }  # fmt: skip
    common = {"body": f"downtime: {about}", "correlation_key": text(item.get("id"))}
    yield from life([moment("silenced", start), moment("unmuted", end)], common, more)


def _incident(item: dict[str, Any], inside: dict[str, Any]) -> Iterator[Event]:
    fields = mapping(inside.get("fields"))
    level = text(pick(fields, "severity.value") or inside.get("severity"))
    services = pick(fields, "services.value")
    service = text(services[0]) if isinstance(services, list) and len(services) == 1 else None
    title = f"[#{inside.get('public_id')}] {text(inside.get('title'))}"
    more = {
        "incident": title, "state": pick(fields, "state.value") or inside.get("state"), "services": services,
        "customer_impact_scope": inside.get("customer_impact_scope"), "id": item.get("id"),
        "time_to_detect": inside.get("time_to_detect"), "time_to_repair": inside.get("time_to_repair"),
        "postmortem": inside.get("postmortem_id"),
    }  # fmt: skip
    common = {
        "kind": "page", "body": title, "correlation_key": text(item.get("id")), "service": service,
        "severity_number": SEV.get(level, 0), "severity_text": level or None,
    }  # fmt: skip
    told: set[str] = set()
    steps = []
    for field, action in MARKS:
        if inside.get(field) and action not in told:
            told.add(action)
            steps.append(moment(action, inside[field]))
    yield from life(steps, common, more)
