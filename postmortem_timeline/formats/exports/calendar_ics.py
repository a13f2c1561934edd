"""Calendars of maintenance windows and freezes (iCalendar)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.formats.exports.textual import Row, head_lines, joined, rows

NAME = "calendar_ics"
TITLE = "Calendars of maintenance windows (iCalendar)"
GROUP = "change"
KIND = "change"
URL = "https://www.rfc-editor.org/rfc/rfc5545"
NAMES = ("*.ics",)

PROPERTY = re.compile(r"^([A-Z-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)$")
ZONE = re.compile(r";TZID=\"?([^;:\"]+)")
LASTS = re.compile(r"^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")
ESCAPED = re.compile(r"\\([nN,;\\])")


def sniff(head: bytes, name: str) -> float:
    """A calendar says so in its first line."""
    lines = head_lines(head, 1)
    return 0.99 if lines and lines[0].strip().upper() == "BEGIN:VCALENDAR" else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each entry; of one that repeats the first time alone, and its rule."""
    return finished(_events(list(rows(data)), context))


def _events(lines: list[Row], context: Context) -> Iterator[Event]:
    block: list[Row] = []
    repeats = 0
    for row in lines:
        word = row.text.strip().upper()
        if word == "BEGIN:VEVENT":
            block = [row]
        elif block:
            block.append(row)
            if word == "END:VEVENT":
                repeats += any(one.text.startswith("RRULE") for one in block)
                yield from _entry(block)
                block = []
    if block:
        yield joined(block).unparsed
    if repeats:
        context.note("recurring", f"{repeats} entries repeat; only the time that stands in the file is told")


def _properties(block: list[Row]) -> dict[str, tuple[str, str, Row]]:
    """Name to parameters, value and line; a line that begins with a blank goes on with the one before."""
    found: dict[str, tuple[str, str, Row]] = {}
    last = ""
    for row in block:
        if row.text[:1] in " \t" and last:
            parameters, value, first = found[last]
            found[last] = parameters, value + row.text[1:], first
        elif match := PROPERTY.match(row.text):
            last = match[1]
            found[last] = match[2], match[3], row
    return found


def _entry(block: list[Row]) -> Iterator[Event]:
    told, whole = _properties(block), joined(block)

    def said(name: str) -> str:
        value = told[name][1] if name in told else ""
        return ESCAPED.sub(lambda one: "\n" if one[1] in "nN" else one[1], value).strip()

    if "DTSTART" not in told:
        yield whole.unparsed
        return
    more = {
        "location": said("LOCATION"),
        "status": said("STATUS"),
        "rule": said("RRULE"),
        "categories": said("CATEGORIES"),
        "organizer": said("ORGANIZER"),
    }
    title = said("SUMMARY")
    common = {"kind": KIND, "correlation_key": said("UID") or None, "attributes": attributes(more)}
    start = _time(told["DTSTART"])
    yield (
        start
        | common
        | {"action": "planned_start", "body": "\n".join(filter(None, (title, said("DESCRIPTION"))))}
        | whole.place
    )
    end = _time(told["DTEND"]) if "DTEND" in told else _after(start, said("DURATION"))
    if end:
        yield end | common | {"action": "planned_end", "body": f"{title}: end"} | whole.place


def _time(what: tuple[str, str, Row]) -> Event:
    """A stamp with Z, with the name of a zone, with neither, or of a day."""
    parameters, value, _ = what
    zone = ZONE.search(parameters)
    stamp = value if "T" in value else f"{value}T000000"
    if zone and not stamp.endswith("Z"):
        try:
            local = datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone[1]))
            return timed(local.isoformat()) | {"stamp": value}
        except (ValueError, KeyError, OSError):
            pass
    return timed(stamp) | {"stamp": value}


def _after(start: Event, lasts: str) -> Event | None:
    found = LASTS.match(lasts)
    if not found or start.get("timestamp") is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return start | {"timestamp": start["timestamp"] + round(length.total_seconds()) * 1_000_000_000}
