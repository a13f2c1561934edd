"""Tickets as people export them from a search: CSV of Jira, ServiceNow, Zendesk and others, by the names of the columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.formats.exports.textual import Row, head_lines
from postmortem_timeline.formats.exports.tickets import priority, step_to
from postmortem_timeline.parsing.jsondoc import text_of
from postmortem_timeline.parsing.moment import instant

NAME = "ticket_tables"
TITLE = "Tickets as CSV (Jira, ServiceNow, Zendesk, Freshservice, Linear and others)"
GROUP = "ticket"
KIND = "ticket"
URL = "https://support.atlassian.com/jira-software-cloud/docs/export-issues/"
NAMES = ("*jira*.csv", "*incident*.csv", "*ticket*.csv", "*issues*.csv", "*change_request*.csv")

KEYS = (
    "issue key",
    "key",
    "number",
    "ticket id",
    "ticket number",
    "id",
    "incident number",
    "identifier",
    "issue id",
    "case number",
    "ticket",
)
TITLES = ("summary", "short description", "short_description", "subject", "title", "name", "description")
CREATED = (
    "created",
    "opened",
    "opened at",
    "opened_at",
    "created at",
    "created_at",
    "created time",
    "created on",
    "date created",
    "sys_created_on",
    "opened date",
    "created date",
    "requested",
)
STEPS = (
    ("assigned", ("assigned at", "initially assigned at")),
    (
        "acknowledged",
        (
            "started",
            "started at",
            "first response time",
            "acknowledged",
            "acknowledged at",
            "work start",
            "actual start date",
            "work_start",
            "started date",
        ),
    ),
    (
        "resolved",
        (
            "resolved",
            "resolved at",
            "resolved_at",
            "solved at",
            "solved",
            "resolution date",
            "resolved time",
            "completed",
            "completed at",
            "completed date",
        ),
    ),
    ("closed", ("closed", "closed at", "closed_at", "closed time", "closed date", "canceled", "cancelled at")),
)
STATES = ("status", "state", "incident state")
PRIORITIES = ("priority", "severity", "urgency")
SERVICES = (
    "component/s",
    "components",
    "component",
    "business service",
    "service",
    "configuration item",
    "cmdb_ci",
    "affected service",
    "affected services",
    "project name",
)
PEOPLE = ("reporter", "opened by", "creator", "created by", "sys_created_by", "author")
COMMENT = re.compile(r"^(?P<at>[^;]{6,40});(?P<who>[^;]*);(?P<said>.*)$", re.DOTALL)
ALONE = ("key", "id", "name")  # too common to speak for a ticket by themselves
# Day and month are told apart by the whole file, not by one cell.
SHAPES = (
    "%d/%b/%y %I:%M %p",
    "%d/%b/%y %H:%M",
    "%d/%b/%Y %H:%M",
    "%d/%b/%Y %I:%M %p",
    "%d-%b-%Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%b %d, %Y, %I:%M %p",
    "%b %d, %Y %I:%M %p",
    "%d-%m-%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m-%d-%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %I:%M:%S %p",
    "%a %b %d %Y %H:%M:%S",
)
PROSE_ZONE = re.compile(r" (?:GMT|UTC)?([+-]\d{4})(?: \(.*\))?$|\s\([^)]*\)$")


def sniff(head: bytes, name: str) -> float:
    """A header with a ticket's key, its title, when it was opened, and what became of it."""
    lines = head_lines(head, 1)
    names = [cell.lower().strip() for cell in _cells(lines[0])] if lines and lines[0][:1] not in "{[<" else []
    key = next((one for one in KEYS if one in names), "")
    if not key or len(names) < 4 or not set(CREATED) & set(names) or not set(TITLES) & set(names):
        return 0.0
    particular = (
        (key not in ALONE)
        + bool(set(STATES) & set(names))
        + bool(set(PRIORITIES) & set(names))
        + ("assignee" in names or "assigned to" in names)
    )
    return 0.93 if particular >= 3 else 0.0


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=max(",;\t", key=line.count)), [])
    except csv.Error:  # a carriage return within
        return []


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The steps that each ticket stamps, and its comments."""
    return finished(_events(text_of(data)))


def _events(text: str) -> Iterator[Event]:
    records = list(_records(text))
    if not records:
        return
    names = [cell.lower().strip().lstrip("\ufeff") for cell in records[0][1]]
    stamped = {place for place, one in enumerate(names) if one in CREATED or any(one in words for _, words in STEPS)}
    shape = _shape(
        [cells[place] for _, cells in records[1:] for place in stamped if place < len(cells) and cells[place].strip()]
    )
    for row, cells in records[1:]:
        told = list(_ticket(names, cells, shape)) if len(cells) == len(names) else []
        yield from [one | row.place for one in told] or [row.unparsed]


def _records(text: str) -> Iterator[tuple[Row, list[str]]]:
    """The records of a table, each with its place; a cell may hold newlines."""
    lines = text.split("\n")
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line) + 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=lines[0].count))
    first = 0
    try:
        for cells in reader:
            last = min(reader.line_num, len(lines))
            if any(cells):
                start, end = begins[first], max(begins[last] - 1, begins[first])
                yield Row(text[start:end], first + 1, start, end), cells
            first = last
    except csv.Error:
        return


def _shape(stamps: list[str]) -> str | None:
    """The first notation in which all of a file's stamps can be read; None where they are ISO, or nothing fits."""
    if not stamps or all(instant(stamp) is not None for stamp in stamps):
        return None
    return next((shape for shape in SHAPES if all(_read(stamp, shape) for stamp in stamps)), None)


def _read(stamp: str, shape: str) -> datetime | None:
    try:
        return datetime.strptime(PROSE_ZONE.sub("", stamp.strip()), shape)
    except ValueError:
        return None


def _time(stamp: str, shape: str | None) -> Event:
    found = _read(stamp, shape) if shape else None
    if found is None:
        return timed(stamp.strip())
    zone = PROSE_ZONE.search(stamp.strip())
    whole = timed(f"{found:%Y-%m-%dT%H:%M:%S}" + (zone[1] if zone and zone[1] else ""))
    return whole | {
        "stamp": stamp.strip(),
        "timestamp": instant(f"{found.replace(tzinfo=UTC):%Y-%m-%dT%H:%M:%S}" + (zone[1] if zone and zone[1] else "Z")),
    }


def _ticket(names: list[str], cells: list[str], shape: str | None) -> Iterator[Event]:
    item: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=True):
        if cell.strip():
            item.setdefault(name, cell.strip())  # a repeated column: the first that says something

    def first(words: tuple[str, ...]) -> str:
        return next((item[word] for word in words if item.get(word)), "")

    key, title, state = first(KEYS), first(TITLES), first(STATES)
    level = first(PRIORITIES)
    common: Event = {
        "kind": "change" if key.upper().startswith(("CHG", "RFC")) else KIND,
        "correlation_key": key or None,
        "service": first(SERVICES) or None,
        **priority(level),
    }
    more: dict[str, Any] = {
        "status": state,
        "type": first(("issue type", "type", "category")),
        "assignee": first(("assignee", "assigned to", "assigned_to")),
        "resolution": first(("resolution", "close code")),
        "group": first(("assignment group", "group", "team")),
        "labels": [cell for name, cell in zip(names, cells, strict=True) if name == "labels" and cell],
    }
    head = f"{key}: {title}"

    def row(stamp: str, action: str, body: str, who: str) -> Event:
        kind = {"agent_type": "user"} if who else {}
        return (
            _time(stamp, shape)
            | common
            | {"action": action, "body": body, "actor": who or None, "attributes": attributes({**kind, **more})}
        )

    if opened := first(CREATED):
        yield row(opened, "created", head, first(PEOPLE))
    told = False
    for action, words in STEPS:
        if stamp := first(words):
            told = told or action in ("resolved", "closed")
            yield row(stamp, action, f"{head}: {action}", first((f"{action} by",)))
    step = step_to(state)
    if (
        step in ("resolved", "closed")
        and not told
        and (changed := first(("updated", "updated at", "last updated", "sys_updated_on")))
    ):
        more["ended"] = "updated"
        yield row(changed, step, f"{head}: {state}", "")
    for name, cell in zip(names, cells, strict=True):
        if name.startswith("comment") and (found := COMMENT.match(cell)):
            yield row(found["at"], "commented", f"{head}: {found['said'].strip()}", found["who"])
