"""Cachet: incidents of its API with their updates; states are numbers, times are of the application's zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.status import update
from postmortem_timeline.formats.exports.walk import pick
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, text

NAME = "cachet"
TITLE = "Cachet incidents"
GROUP = "status"
KIND = "status"
URL = "https://docs.cachethq.io/api-reference/incidents/get-incidents"
NAMES = ("*cachet*.json", "incidents.json")

STATES = {"0": "scheduled", "1": "investigating", "2": "identified", "3": "watching", "4": "fixed"}
OLD = ("name", "message", "human_status", "visible")
NEW = ("attributes.message", "attributes.status.human", "attributes.status.value", "attributes.name")


def sniff(head: bytes, name: str) -> float:
    """The state of an incident, as a number and for people."""
    keys = key_paths(head)
    return (
        0.97
        if any({base + key for key in needs} <= keys for base in ("data[].", "data.") for needs in (OLD, NEW))
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event where an incident occurred, and one per update."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ("data",), context.note):
        item = mapping(element.value)
        if element.path == REST:
            pages = pick(item, "meta.pagination.total_pages")
            if isinstance(pages, int) and pages > 1:
                context.note("more_pages", f"the answer is one page of {pages}")
        elif element.path != BROKEN and mapping(item.get("data")):
            yield from _incident(element, mapping(item["data"]), "data.updates")
        elif element.path == BROKEN or not ("message" in item or "attributes" in item):
            yield unparsed(element)
        else:
            yield from _incident(element, item, "updates")


def _incident(element: Element, item: dict[str, Any], updates: str) -> Iterator[Event]:
    flat = mapping(item.get("attributes")) or item
    told = list(element.within(updates))
    yield _row(flat, flat, item.get("id"), bool(told)) | placed(element)
    for one in told:
        yield _row(flat, mapping(one.value), item.get("id"), False) | placed(one)


def _row(item: dict[str, Any], said: dict[str, Any], number: Any, followed: bool) -> Event:
    """The first state of an incident that has updates is that it is looked into; the record shows the last one."""
    status = said.get("status")
    state = mapping(status).get("value") if isinstance(status, dict) else status
    whole = said is item
    stamp = (
        pick(said, "occurred.string", "occurred_at", "created.string", "created_at", "scheduled_at")
        if whole
        else said.get("created_at")
    )
    return update(
        stamp, text(item.get("name")), plain(text(said.get("message"))),
        "investigating" if whole and followed and text(state) != "0" else STATES.get(text(state), text(said.get("human_status"))),
        key=f"cachet:{number}" if number is not None else None, services=[text(pick(item, "component.name"))],
        component_id=item.get("component_id") or None, scheduled_for=item.get("scheduled_at"), url=item.get("permalink"),
    )  # fmt: skip
