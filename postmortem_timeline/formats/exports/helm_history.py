"""Helm releases: `helm history` and `helm list`, as table and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, timed, unparsed
from postmortem_timeline.formats.exports.runs import SEVERITIES
from postmortem_timeline.formats.exports.textual import Row, head_lines, rows
from postmortem_timeline.formats.exports.walk import fits
from postmortem_timeline.parsing.jsondoc import elements
from postmortem_timeline.parsing.members import mapping, text

NAME = "helm_history"
TITLE = "Helm history and list (table, JSON)"
GROUP = "change"
KIND = "change"
URL = "https://helm.sh/docs/helm/helm_history/"
NAMES = ("*helm*", "*history*")

TABLE = re.compile(r"^(?:NAME\s.*)?REVISION\s+UPDATED\s+STATUS\s+CHART")
STATUS = (
    r"(?:unknown|deployed|uninstalled|superseded|failed|uninstalling|pending-install|pending-upgrade|pending-rollback)"
)
HISTORY = re.compile(
    rf"^(?P<revision>\d+)\s+(?P<updated>\S.*?)\s+(?P<status>{STATUS})\s+(?P<chart>\S+)\s*(?P<rest>.*)$"
)
LISTED = re.compile(
    rf"^(?P<name>\S+)\s+(?P<namespace>\S+)\s+(?P<revision>\d+)\s+(?P<updated>\d.*?)\s+(?P<status>{STATUS})\s+(?P<chart>\S+)\s*(?P<app_version>\S*)\s*$"
)
ZONE = re.compile(r" [A-Z]{1,5}$")  # Go writes the zone twice: +0200 CEST
CHART = re.compile(r"^(.*?)-v?(\d+\.\d+.*)$")
BACK = re.compile(r"Rollback (?:to|\")\s*\"?(\d+)?", re.IGNORECASE)
ACTIONS = {"deployed": "succeeded", "superseded": "succeeded", "failed": "failed", "uninstalled": "uninstalled"}


def sniff(head: bytes, name: str) -> float:
    """A revision, when it was updated, a status and a chart."""
    if fits(head, "revision", "updated", "status", "chart"):
        return 0.98
    lines = head_lines(head)
    if any(TABLE.match(line) for line in lines[:3]) and any(
        HISTORY.match(line) or LISTED.match(line) for line in lines[1:]
    ):
        return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event a revision; what superseded it is the next one's business."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return finished(_json(data, context))
    return finished(_table(list(rows(data))))


def _json(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, (), context.note):
        item = mapping(element.value)
        yield _revision(item) | placed(element) if "revision" in item and "updated" in item else unparsed(element)


def _table(lines: list[Row]) -> Iterator[Event]:
    for row in lines:
        if TABLE.match(row.text):
            continue
        found = HISTORY.match(row.text) or LISTED.match(row.text)
        if not found:
            yield row.unparsed
            continue
        item = found.groupdict()
        version, _, said = text(item.pop("rest", "")).partition("\t")
        item.setdefault("app_version", version.strip())
        if said or "name" not in item:
            item["description"] = said.strip() or re.sub(r"^\S+\s+", "", version)
        yield _revision(item) | row.place


def _revision(item: dict[str, Any]) -> Event:
    said, status, chart = text(item.get("description")), text(item.get("status")), text(item.get("chart"))
    found, back = CHART.match(chart), BACK.search(said)
    stamp = text(item.get("updated")).strip()
    name = text(item.get("name")) or (found[1] if found else chart)
    action = "rolled_back" if back and status != "failed" else ACTIONS.get(status, status.replace("-", "_"))
    more = {
        "revision_number": item.get("revision"),
        "chart": chart,
        "version": found[2] if found else None,
        "app_version": item.get("app_version"),
        "state": status,
        "namespace": item.get("namespace"),
        "undoes_to": back[1] if back else None,
    }
    when = timed(ZONE.sub("", stamp) if not stamp.endswith((" UTC", " GMT")) or "+0" in stamp else stamp)
    return (
        when
        | ({"stamp": stamp} if stamp else {})
        | {
            "kind": KIND,
            "action": action,
            "service": name or None,
            "severity_number": SEVERITIES.get(action),
            "attributes": attributes(more),
            "body": f"{name} revision {item.get('revision')}: {chart}: {said or status}",
        }
    )
