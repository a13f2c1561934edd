"""systemd's journal as `journalctl -o export` and `-o verbose` write it: one record of several lines, a field each.

    __REALTIME_TIMESTAMP=1752594123412345          Tue 2025-07-15 17:42:03.412345 CEST [s=48600ac8;i=1;b=7f3c]
    MESSAGE=Started nginx.service.                     PRIORITY=6
                                                       MESSAGE=Started nginx.service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished
from postmortem_timeline.formats.exports.textual import Row, head_lines, joined, rows
from postmortem_timeline.parsing.jsondoc import text_of
from postmortem_timeline.parsing.severity import SYSLOG

NAME = "journald_export"
TITLE = "systemd journal (journalctl -o export, -o verbose)"
GROUP = "system"
KIND = "log"
URL = "https://systemd.io/JOURNAL_EXPORT_FORMATS/"
NAMES = ("*journal*", "*.export")

HEAD = re.compile(r"^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) (\S+) \[(s=[0-9a-f]{16,};[^\]]*)\]$")
FIELD = re.compile(r"^    ([A-Z_][A-Z0-9_]*)=(.*)$")
PAIR = re.compile(r"([A-Z_][A-Z0-9_]*)([=\n])")
NEXT = re.compile(r"\n(?=[A-Z_][A-Z0-9_]*[=\n]|\n|\Z)")
LENGTH = 8  # bytes in front of a value that is no line of text: how long it is, little-endian
SHOWN = ("_SYSTEMD_UNIT", "_PID", "UNIT", "_COMM", "_BOOT_ID", "_TRANSPORT", "CODE_FILE", "EXIT_STATUS", "COREDUMP_EXE")


class Entry(NamedTuple):
    """One record: its fields, its time in nanoseconds and as written, where it stands."""

    fields: dict[str, str]
    timestamp: int | None
    stamp: str | None
    row: Row


def sniff(head: bytes, name: str) -> float:
    """A cursor and a time as fields, or a verbose head with its fields under it."""
    lines = head_lines(head, 12)
    if lines and lines[0].startswith("__CURSOR=") and any(line.startswith("__REALTIME_TIMESTAMP=") for line in lines):
        return 0.99
    verbose = [i for i, line in enumerate(lines[:-1]) if HEAD.match(line) and FIELD.match(lines[i + 1])]
    return 0.99 if verbose else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per record of the journal."""
    text = text_of(data)
    if text.lstrip().startswith("__"):
        return finished(_event(entry) for entry in _exported(text))
    return finished(_verbose(data))


def _exported(text: str) -> Iterator[Entry]:
    fields: dict[str, str] = {}
    at, line, start, first = 0, 1, 0, 1
    while at < len(text):
        pair = PAIR.match(text, at)
        if pair is None:  # the blank line behind a record, or damage
            if fields:
                yield _entry(fields, Row(text[start:at].rstrip("\n"), first, start, at))
            fields = {}
            end = text.find("\n", at)
            at, line = (end if end >= 0 else len(text)) + 1, line + 1
            start, first = at, line
            continue
        value, after = _value(text, pair.end()) if pair[2] == "\n" else _line(text, pair.end())
        fields[pair[1]] = value
        line += text.count("\n", at, after)
        at = after
    if fields:
        yield _entry(fields, Row(text[start:].rstrip("\n"), first, start, len(text)))


def _line(text: str, at: int) -> tuple[str, int]:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return text[at:end], end + 1


def _value(text: str, at: int) -> tuple[str, int]:
    """A value with line ends: as long as it says, else up to what looks like the next field."""
    length = sum(ord(c) << 8 * i for i, c in enumerate(text[at : at + LENGTH]))
    at += LENGTH
    said = text[at : at + min(length, 1 << 20)].encode("utf-8", "surrogatepass")[:length].decode("utf-8", "ignore")
    if 0 < length < 1 << 20 and text[at + len(said) : at + len(said) + 1] == "\n":
        return said, at + len(said) + 1
    found = NEXT.search(text, at)
    end = found.start() if found else len(text)
    return text[at:end], end + 1


def _entry(fields: dict[str, str], row: Row) -> Entry:
    micros = fields.get("_SOURCE_REALTIME_TIMESTAMP") or fields.get("__REALTIME_TIMESTAMP") or ""
    good = micros.isascii() and micros.isdigit() and len(micros) <= 16
    return Entry(fields, int(micros) * 1000 if good else None, micros or None, row)


def _verbose(data: bytes) -> Iterator[Event]:
    parts: list[Row] = []
    for row in rows(data):
        if HEAD.match(row.text):
            yield from _block(parts)
            parts = [row]
        elif parts and row.text.startswith("    "):
            parts.append(row)
        else:
            yield from _block(parts)
            parts = []
            mark = row.text.startswith("-- ")
            yield {"structure": True, "kind": KIND, **row.place} if mark else row.unparsed
    yield from _block(parts)


def _block(parts: list[Row]) -> Iterator[Event]:
    head = HEAD.match(parts[0].text) if parts else None
    if head is None:
        return
    fields: dict[str, str] = {"__CURSOR": head[3]}
    last = ""
    for part in parts[1:]:
        if found := FIELD.match(part.text):
            last = found[1]
            fields[last] = found[2]
        elif last:  # further lines of a value stand under it
            fields[last] += "\n" + part.text.strip()
    yield _event(Entry(fields, _told(head[3]), f"{head[1]} {head[2]}", joined(parts)))


def _told(cursor: str) -> int | None:
    """The time of a record as its cursor says it, in hex: exact, whatever the viewer's zone is called."""
    micros = re.search(r";t=([0-9a-f]{8,15})(?:;|$)", cursor)
    return int(micros[1], 16) * 1000 if micros else None


def _event(entry: Entry) -> Event:
    said = entry.fields
    priority = said.get("PRIORITY", "")
    severity = SYSLOG[int(priority)] if priority in set("01234567") else 0
    unit = (said.get("_SYSTEMD_UNIT") or "").removesuffix(".service")
    return {
        "timestamp": entry.timestamp, "stamp": entry.stamp, "kind": KIND, "body": said.get("MESSAGE") or None,
        "severity_number": severity, "severity_text": priority or None, "host": said.get("_HOSTNAME"),
        "service": said.get("SYSLOG_IDENTIFIER") or said.get("_COMM") or unit or None,
        "attributes": attributes({name.lower().lstrip("_"): said.get(name) for name in SHOWN}), **entry.row.place,
    }  # fmt: skip
