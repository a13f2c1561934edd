"""Statuspage: incidents and scheduled maintenances of the public API, and webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, timed, unparsed
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "statuspage"
TITLE = "Statuspage incidents, maintenances and webhooks"
GROUP = "status"
KIND = "status"
URL = "https://developer.statuspage.io/"
NAMES = ("*statuspage*.json", "*incidents*.json", "*status*.json")

ARRAYS = ("incidents", "scheduled_maintenances")
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


def _component(item: dict[str, Any]) -> Event:
    update, name = mapping(item["component_update"]), text(mapping(item.get("component")).get("name"))
    old, new = text(update.get("old_status")), text(update.get("new_status"))
    more = {"id": update.get("id"), "components": [{"name": name, "old": old, "new": new}]}
    return timed(update.get("created_at")) | {
        "kind": KIND, "action": new, "body": f"{name}: {old} -> {new}", "service": name or None,
        "correlation_key": update.get("component_id"), "attributes": attributes(more),
    }  # fmt: skip
