"""Tables that Alertmanager's amtool prints: alerts (short and extended) and silences; columns are as wide as their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, labelled, severe, timed
from postmortem_timeline.formats.exports.textual import Row, lines
from postmortem_timeline.parsing.fingerprint import fingerprint
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "amtool"
TITLE = "Alertmanager's amtool: tables of alerts and silences"
GROUP = "alert"
KIND = "alert"
URL = "https://github.com/prometheus/alertmanager#amtool"
NAMES = ("*amtool*.txt",)

HEADERS = (
    ("Alertname", "Starts At", "Summary", "State"),
    ("Labels", "Annotations", "Starts At", "Ends At", "Generator URL", "State"),
    ("ID", "Matchers", "Ends At", "Created By", "Comment"),
    ("ID", "Matchers", "Starts At", "Ends At", "Updated At", "Created By", "Comment"),
)
PAIR = re.compile(r'([\w:]+)(=~|!=|!~|=)"((?:[^"\\]|\\.)*)"')
ACTIONS = {"active": "firing", "suppressed": "silenced", "unprocessed": "pending"}


def sniff(head: bytes, name: str) -> float:
    """The first line is one of the headers."""
    return 0.99 if _columns(head.decode("utf-8-sig", "replace").lstrip("\n").partition("\n")[0]) else 0.0


def _columns(line: str) -> dict[str, int]:
    """Where each column begins; nothing where the line is no header."""
    names = tuple(re.split(r" {2,}", line.strip()))
    if names not in HEADERS:
        return {}
    places, at = {}, 0
    for one in names:
        at = line.index(one, at)
        places[one] = at
    return places


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per alert and silence."""
    return finished(_events(text_of(data)))


def _events(text: str) -> Iterator[Event]:
    places: dict[str, int] = {}
    for line in lines(text):
        places = _columns(line.text) or places
        if places and not _columns(line.text):
            yield _row(line, _cut(line.text, places)) | line.place


def _cut(line: str, places: dict[str, int]) -> dict[str, str]:
    ends = [*list(places.values())[1:], len(line)]
    return {name: line[start:end].strip() for (name, start), end in zip(places.items(), ends, strict=True)}


def _row(line: Row, cells: dict[str, str]) -> Event:
    labels = {found[1]: found[3] for found in PAIR.finditer(cells.get("Labels") or cells.get("Matchers", ""))}
    if "Created By" in cells:
        stamp, who = cells.get("Starts At") or "", cells["Created By"]
        more = {
            "agent_type": "user", "matchers": cells["Matchers"], "ends_at": cells["Ends At"], "updated_at": cells.get("Updated At"),
            "alert_name": labels.get("alertname"),
        }  # fmt: skip
        said = f": {cells['Comment']}" if cells.get("Comment") else ""
        return timed(_stamp(stamp)) | {
            "kind": "alert", "action": "silenced", "actor": who or None, "body": f"silence {{{cells['Matchers']}}}{said}",
            "correlation_key": cells["ID"], "attributes": attributes(more),
        } | labelled(labels)  # fmt: skip
    name = cells.get("Alertname") or labels.get("alertname", "")
    notes = {found[1]: found[3] for found in PAIR.finditer(cells.get("Annotations", ""))}
    said = cells.get("Summary") or notes.get("summary", "")
    more = {"alertname": name, "labels": labels, "annotations": notes, "ends_at": cells.get("Ends At"), "state": cells.get("State"),
            "url": cells.get("Generator URL")}  # fmt: skip
    return timed(_stamp(cells["Starts At"])) | {
        "kind": "alert", "action": ACTIONS.get(cells.get("State", ""), "firing"), "body": f"{name}: {said}" if said else name,
        "correlation_key": fingerprint(labels) if labels else name, "attributes": attributes(more),
    } | labelled(labels) | severe(labels.get("severity"))  # fmt: skip


def _stamp(cell: str) -> str:
    return cell if cell.startswith(("1", "2")) else ""
