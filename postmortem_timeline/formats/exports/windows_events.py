"""Windows events as Event Viewer, wevtutil and PowerShell write them: XML, one or many roots; or CSV in words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "windows_events"
TITLE = "Windows event log (XML of wevtutil and Event Viewer, CSV of Event Viewer)"
GROUP = "system"
KIND = "log"
URL = "https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-schema"
NAMES = ("*event*.xml", "*.evtx.xml", "*event*.csv")

EVENT = re.compile(r"<Event[ >].*?</Event>", re.DOTALL)
SPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
NAMESPACE = re.compile(r"\sxmlns=(['\"])[^'\"]*\1")
LEVELS = {"0": 9, "1": 21, "2": 17, "3": 13, "4": 9, "5": 5}  # winmeta.xml: 1 critical .. 5 verbose
WORDS = {"critical": 21, "error": 17, "warning": 13, "information": 9, "verbose": 5}
HEADER = "Level,Date and Time,Source,Event ID,Task Category"
LOCAL = (  # as the viewer's locale has it; the first that all rows fit
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S",
)  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """The schema of events, or the five column names that stand over six columns."""
    text = text_of(head[:4096]).lstrip()
    if text.startswith("<") and SPACE in text and "<Event" in text:
        return 0.99
    return 0.99 if text.startswith(HEADER) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per event of Windows."""
    text = text_of(data)
    return finished(_table(text) if text.lstrip().startswith(HEADER) else _elements(text))


def _elements(text: str) -> Iterator[Event]:
    line, counted = 1, 0
    for found in EVENT.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        place: Event = {"line": line, "element": found.span()}
        try:
            root = ElementTree.fromstring(NAMESPACE.sub("", found[0]))
        except ElementTree.ParseError:
            yield {"unparsed": True, "body": found[0][:200], **place}
            continue
        yield _event(root) | place


def _event(root: ElementTree.Element) -> Event:
    system = root.find("System")
    system = root if system is None else system
    time, provider = system.find("TimeCreated"), system.find("Provider")
    level, number = system.findtext("Level") or "", system.findtext("EventID")
    said = {item.get("Name") or f"data_{i}": item.text for i, item in enumerate(root.iterfind(".//Data"), 1)}
    message = (root.findtext("RenderingInfo/Message") or "").strip()
    channel = system.findtext("Channel")
    spoken = " ".join(f"{name}={value}" for name, value in said.items() if value)
    more = {"event_id": number, "channel": channel, "record": system.findtext("EventRecordID"), **said}
    return timed(None if time is None else time.get("SystemTime")) | {
        "kind": KIND, "body": message or f"event {number}: {spoken}".rstrip(": "),
        "severity_number": LEVELS.get(level, 0), "severity_text": root.findtext("RenderingInfo/Level") or level or None,
        "service": None if provider is None else provider.get("Name") or provider.get("EventSourceName"),
        "host": system.findtext("Computer"), "attributes": attributes(more),
    }  # fmt: skip


def _table(text: str) -> Iterator[Event]:
    """Rows hold the message behind the columns that the header names; day or month first, as all of the file fits."""
    reader = csv.reader(io.StringIO(text))
    starts = [0, *(mark.end() for mark in re.finditer("\n", text))]
    next(reader, None)
    kept: list[tuple[Event, list[str]]] = []
    line = reader.line_num + 1
    for cells in reader:
        end = starts[reader.line_num] - 1 if reader.line_num < len(starts) else len(text)
        kept.append(({"line": line, "element": (starts[line - 1], end)}, cells))
        line = reader.line_num + 1
    pattern = next((p for p in LOCAL if all(_local(row[1], p) for _, row in kept if len(row) > 4)), "")
    for place, cells in kept:
        when = _local(cells[1], pattern) if len(cells) > 4 else None
        if when is None:
            yield {"unparsed": True, "body": ",".join(cells)[:200], **place}
            continue
        yield timed(when.isoformat()) | {
            "kind": KIND, "stamp": cells[1], "severity_text": cells[0], "severity_number": WORDS.get(cells[0].lower(), 0),
            "service": cells[2], "body": " ".join((cells[5] if len(cells) > 5 else f"event {cells[3]}").split()),
            "attributes": attributes({"event_id": cells[3], "category": cells[4]}), **place,
        }  # fmt: skip


def _local(stamp: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(stamp.replace("\u202f", " "), pattern)
    except ValueError:
        return None
