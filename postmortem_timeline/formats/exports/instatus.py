"""Instatus: incidents of its API and of a page's summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.status import update
from postmortem_timeline.formats.exports.walk import fits
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "instatus"
TITLE = "Instatus incidents and summary"
GROUP = "status"
KIND = "status"
URL = "https://instatus.com/help/api/incidents"
NAMES = ("*instatus*.json", "summary.json")

ARRAYS = ("activeIncidents", "activeMaintenances", "incidents")


def sniff(head: bytes, name: str) -> float:
    """Incidents have an impact and the time they started."""
    if fits(head, "name", "started", "impact", "status", under=("[].", "", "activeIncidents[].", "incidents[].")):
        return 0.97
    return 0.95 if fits(head, "name", "start", "duration", under=("activeMaintenances[].",)) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per update; where none is given, one for the start and one for the end."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        item = mapping(element.value)
        if element.path == REST:
            continue
        if element.path == BROKEN or not (item.get("started") or item.get("start")):
            yield unparsed(element)
        else:
            yield from _incident(element, item)


def _incident(element: Element, item: dict[str, Any]) -> Iterator[Event]:
    told = [
        one
        for one in element.within("updates")
        if mapping(one.value).get("started") or mapping(one.value).get("createdAt")
    ]
    for one in told:
        said = mapping(one.value)
        yield _row(
            item, said.get("started") or said.get("createdAt"), text(said.get("message")), said.get("status")
        ) | placed(one)
    if not told:
        planned = "started" not in item
        state = item.get("status") if planned or not item.get("resolved") else "investigating"
        yield _row(item, item.get("started") or item.get("start"), "", state) | placed(element)
        if item.get("resolved"):
            yield _row(item, item["resolved"], "", "resolved") | placed(element)


def _row(item: dict[str, Any], stamp: Any, words: str, state: Any) -> Event:
    return update(
        stamp, text(item.get("name")), plain(words), state, key=item.get("id"), impact=item.get("impact"),
        services=[text(mapping(c.get("name")).get("default") or c.get("name")) for c in objects(item.get("components"))],
        started_at=item.get("started") or item.get("start"), resolved_at=item.get("resolved"), url=item.get("url"),
        maintenance="started" not in item or None,
    )  # fmt: skip
