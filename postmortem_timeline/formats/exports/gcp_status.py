"""Google Cloud's status page: incidents.json with the updates of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.status import update
from postmortem_timeline.formats.exports.walk import fits
from postmortem_timeline.parsing.jsondoc import BROKEN, elements
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "gcp_status"
TITLE = "Google Cloud and Workspace status (incidents.json)"
GROUP = "status"
KIND = "status"
URL = "https://status.cloud.google.com/incidents.schema.json"
NAMES = ("incidents.json", "*gcp*status*.json")


def sniff(head: bytes, name: str) -> float:
    """An incident begins, is described to the outside, and has its latest update beside all of them."""
    return 0.98 if fits(head, "begin", "external_desc", "most_recent_update.when", under=("[].", "")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per update, which come newest first."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, (), context.note):
        item = mapping(element.value)
        if element.path == BROKEN or not item.get("begin"):
            yield unparsed(element)
            continue
        told = list(element.within("updates"))
        for one in told or [element]:
            said = mapping(one.value) if told else mapping(item.get("most_recent_update"))
            yield _row(item, said, one is told[-1] if told else False) | placed(one)


def _row(item: dict[str, Any], said: dict[str, Any], oldest: bool) -> Event:
    state = text(said.get("status"))
    done = state == "AVAILABLE"
    return update(
        said.get("when") or said.get("created") or item.get("begin"), text(item.get("external_desc")).strip(),
        text(said.get("text")).strip(),
        "resolved" if done else "investigating" if oldest else "update", key=item.get("id"),
        impact=item.get("severity") or item.get("status_impact"),
        services=[text(p.get("title")) for p in objects(item.get("affected_products"))] or [text(item.get("service_name"))],
        provider="Google Cloud", started_at=item.get("begin"), ended_at=item.get("end"), status=state,
        locations=[text(p.get("id")) for p in objects(said.get("affected_locations"))], url=item.get("uri"),
    )  # fmt: skip
