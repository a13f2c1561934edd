"""Statuspage: incidents and scheduled maintenances of the public API, webhooks, and the page of its history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, timed, unparsed
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.written import read

NAME = "statuspage"
TITLE = "Statuspage incidents, maintenances and webhooks"
GROUP = "status"
KIND = "status"
URL = "https://developer.statuspage.io/"
NAMES = ("*statuspage*.json", "*incidents*.json", "*status*.json")

ARRAYS = ("incidents", "scheduled_maintenances", "months")
IMPACTS = {"critical": 21, "major": 17, "minor": 13, "none": 9, "maintenance": 9}


def sniff(head: bytes, name: str) -> float:
    """Incidents have updates; a component's webhook has its old and its new status."""
    keys = key_paths(head)
    for base in ("incidents[].", "scheduled_maintenances[].", "incident.", "[].incident.", "[]."):
        if base + "incident_updates" in keys:
            return 0.99
    for base in ("component_update.", "[].component_update."):
        if {base + "old_status", base + "new_status"} <= keys:
            return 0.98
    if {"months[].year", "months[].incidents[].timestamp", "months[].incidents[].impact"} <= keys:
        return 0.98
    return 0.95 if "page.id" in keys and keys & set(ARRAYS) else 0.0  # an empty list


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per update at the time it displays, which people can edit, and per change of a component."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        if element.path == REST:
            continue
        item = mapping(element.value)
        if element.path == BROKEN or not item:
            yield unparsed(element)
        elif element.path == "months":
            for one in element.within("incidents"):
                yield from (row | placed(one) for row in _of_history(mapping(one.value), item.get("year")))
        elif "component_update" in item:
            yield _component(item) | placed(element)
        elif "incident" in item:
            yield from _incident(element, mapping(item["incident"]), "incident.incident_updates")
        elif "incident_updates" in item or "impact" in item:
            yield from _incident(element, item, "incident_updates")
        elif "components" not in item:  # a summary of components alone has no times
            yield unparsed(element)


def _incident(element: Element, incident: dict[str, Any], updates: str) -> Iterator[Event]:
    told = False
    for update in element.within(updates):
        told = True
        yield _row(incident, mapping(update.value)) | placed(update)
    if not told:
        start = incident.get("started_at") or incident.get("created_at")
        opened = {"status": incident.get("status"), "created_at": start}
        yield _row(incident, opened) | placed(element)


def _row(incident: dict[str, Any], update: dict[str, Any]) -> Event:
    name, body, impact = text(incident.get("name")), text(update.get("body")), text(incident.get("impact"))
    changed = [
        {"name": part.get("name"), "old": part.get("old_status"), "new": part.get("new_status")}
        for part in objects(update.get("affected_components"))
    ]
    names = sorted({text(part.get("name")) for part in changed or objects(incident.get("components"))})
    more = {
        "incident": name, "impact": impact, "id": update.get("id"), "components": changed or names,
        "maintenance": bool(incident.get("scheduled_for")) or None, "scheduled_for": incident.get("scheduled_for"),
        "scheduled_until": incident.get("scheduled_until"), "backfilled": incident.get("backfilled") or None,
        "created_at": update.get("created_at"), "started_at": incident.get("started_at"),
        "url": incident.get("shortlink"),
    }  # fmt: skip
    return timed(update.get("display_at") or update.get("created_at")) | {
        "kind": KIND, "action": update.get("status"), "body": f"{name}: {body}" if body else name,
        "service": names[0] if len(names) == 1 else None, "correlation_key": incident.get("id"),
        "severity_number": IMPACTS.get(impact, 0), "severity_text": impact or None, "attributes": attributes(more),
    }  # fmt: skip


def _of_history(incident: dict[str, Any], year: Any) -> Iterator[Event]:
    """`Jul <var>15</var>, <var>17:42</var> - <var>18:30</var> UTC`: the first update and the last, whose words are given."""
    stamp = text(incident.get("timestamp"))
    first, _, last = plain(stamp).partition(" - ")
    zone = last.rpartition(" ")[2] if not last.rpartition(" ")[2][:1].isdigit() else ""
    begun = read(f"{first} {zone}" if last else first)
    over = read(last) if last else None
    day = (year if isinstance(year, int) else 1970, *(begun.date[1:] if begun and begun.date else (1, 1)))
    told = {"id": incident.get("code"), **incident}
    states = ("in_progress", "completed") if incident.get("impact") == "maintenance" else ("investigating", "resolved")
    if begun and over and begun.date and over.date and over.date[1:] < begun.date[1:]:  # over New Year
        over = over._replace(date=(day[0] + 1, *over.date[1:]))
    for said, words, state in ((begun, "", states[0]), (over, plain(text(incident.get("message"))), states[1])):
        if said and said.clock_ns is not None:
            doubt = {} if said.offset is not None else {"time_quality": "zone_assumed"}
            time = {"timestamp": said.instant(day), "stamp": stamp} | doubt
            yield _row(told, {"status": state, "body": words}) | time


def _component(item: dict[str, Any]) -> Event:
    update, name = mapping(item["component_update"]), text(mapping(item.get("component")).get("name"))
    old, new = text(update.get("old_status")), text(update.get("new_status"))
    more = {"id": update.get("id"), "components": [{"name": name, "old": old, "new": new}]}
    return timed(update.get("created_at")) | {
        "kind": KIND, "action": new, "body": f"{name}: {old} -> {new}", "service": name or None,
        "correlation_key": update.get("component_id"), "attributes": attributes(more),
    }  # fmt: skip
