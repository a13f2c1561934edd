"""Better Stack: reports of a status page and their updates, as JSON:API lists or a page's index.json."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.status import update
from postmortem_timeline.formats.exports.walk import pick
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "betterstack_status"
TITLE = "Better Stack status page reports"
GROUP = "status"
KIND = "status"
URL = "https://betterstack.com/docs/uptime/api/status-page-reports-api-response-params/"
NAMES = ("index.json", "*betterstack*.json", "*status*report*.json")

ARRAYS = ("data", "included")
KNOWN = ("status_page", "status_page_section", "status_page_resource")


def sniff(head: bytes, name: str) -> float:
    """JSON:API objects of reports or of their updates."""
    keys = key_paths(head)
    for base in ("data[].", "included[].", "data."):
        if {base + "type", base + "attributes.starts_at", base + "attributes.report_type"} <= keys:
            return 0.98
        if {
            base + "type",
            base + "attributes.published_at",
            base + "attributes.message",
        } <= keys and b"status_update" in head:
            return 0.97
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event where a report begins and ends, and one per update."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    found = list(elements(data, ARRAYS, context.note))
    parts = [mapping(e.value) for e in found]
    reports = {text(p.get("id")): mapping(p.get("attributes")) for p in parts if p.get("type") == "status_report"}
    names = {
        text(p.get("id")): text(pick(p, "attributes.public_name"))
        for p in parts
        if p.get("type") == "status_page_resource"
    }
    for element in found:
        item = mapping(element.value)
        kind, said = item.get("type"), mapping(item.get("attributes"))
        if element.path == REST or kind in KNOWN or ("data" in item and element.path != BROKEN):
            continue
        if kind == "status_report" and said.get("starts_at"):
            yield from (row | placed(element) for row in _report(said, text(item.get("id")), names))
        elif kind == "status_update" and said.get("published_at"):
            number = text(said.get("status_report_id") or pick(item, "relationships.status_report.data.id"))
            yield _update(said, number, reports.get(number, {}), names) | placed(element)
        else:
            yield unparsed(element)


def _affected(said: dict[str, Any], names: dict[str, str]) -> list[str]:
    numbers = [text(r.get("status_page_resource_id")) for r in objects(said.get("affected_resources"))]
    return [names.get(number) or number for number in numbers]


def _report(said: dict[str, Any], number: str, names: dict[str, str]) -> Iterator[Event]:
    planned = said.get("report_type") == "maintenance"
    common: dict[str, Any] = {
        "key": f"betterstack:{number}", "impact": said.get("aggregate_state"), "services": _affected(said, names),
        "type": said.get("report_type"),
        "maintenance": planned or None,
    }  # fmt: skip
    yield update(said["starts_at"], text(said.get("title")), "", "scheduled" if planned else "investigating", **common)
    if said.get("ends_at"):
        yield update(said["ends_at"], text(said.get("title")), "", "completed" if planned else "resolved", **common)


def _update(said: dict[str, Any], number: str, report: dict[str, Any], names: dict[str, str]) -> Event:
    states = {text(r.get("status")) for r in objects(said.get("affected_resources"))}
    state = "resolved" if states and states <= {"resolved", "operational"} else "update"
    return update(
        said.get("published_at"), text(report.get("title")), plain(text(said.get("message"))), state, key=f"betterstack:{number}",
        impact=next((s for s in ("downtime", "degraded", "maintenance") if s in states), None), services=_affected(said, names),
        maintenance=report.get("report_type") == "maintenance" or None,
    )  # fmt: skip
