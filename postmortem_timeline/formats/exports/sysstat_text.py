"""What `sar`, `iostat -t` and `vmstat -t` print: a banner with the date, headers, rows of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, timed
from postmortem_timeline.formats.exports.series import described, number
from postmortem_timeline.formats.exports.textual import Row, lines
from postmortem_timeline.parsing.jsondoc import text_of
from postmortem_timeline.parsing.moment import SECOND, instant

NAME = "sysstat_text"
TITLE = "sysstat's sar and iostat -t, procps' vmstat -t"
GROUP = "metric"
KIND = "metric"
URL = "https://man7.org/linux/man-pages/man1/sar.1.html"
NAMES = ("sar*.txt", "sar??", "iostat*", "vmstat*")

BANNER = re.compile(r"^(?:Linux|AIX|SunOS) \S+ \(([^)]+)\)\s+(\d{1,4}[-/.]\d\d[-/.]\d{2,4})\b")
VMSTAT = re.compile(r"^procs -+memory-+ -+swap-+ .*-+timestamp-+\s*$")
STAMPED = re.compile(r"^(\d\d:\d\d:\d\d)( [AP]M)?\s+(.*)$")
IOSTAT = re.compile(r"^(\d\d[/.]\d\d[/.]\d{2,4}|\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)\s*([AP]M|[+-]\d{4})?$")
NAMES_OF_ROWS = frozenset(
    ("CPU", "IFACE", "DEV", "INTR", "TTY", "FILESYSTEM", "BUS", "FAN", "TEMP", "Device", "Device:", "FCHOST")
)
DAY = 86_400 * SECOND


def sniff(head: bytes, name: str) -> float:
    """The banner with its date, or vmstat's header with a column for the time."""
    text = head.decode("utf-8-sig", "replace").lstrip()
    first = text.partition("\n")[0]
    if BANNER.match(first):
        stamped = any(STAMPED.match(line) or IOSTAT.match(line.strip()) for line in text.split("\n")[1:8])
        return 0.98 if stamped or "CPU)" in first else 0.6
    return 0.98 if VMSTAT.match(first) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One sample per number; averages are none."""
    return finished(_Reader().events(text_of(data)))


@dataclass
class _Reader:
    host: str | None = None
    date: str = ""  # as YYYY-MM-DD
    days: int = 0  # midnights since
    last: int = 0
    names: list[str] = field(default_factory=list)
    stamp: Event = field(default_factory=dict)

    def events(self, text: str) -> Iterator[Event]:
        first = text.lstrip().partition("\n")[0]
        if VMSTAT.match(first):
            yield from self.vmstat(text)
            return
        for line in lines(text):
            if banner := BANNER.match(line.text):
                self.host, self.date, self.days, self.last = banner[1], _date(banner[2]), 0, 0
            elif line.text.startswith(("Average:", "Summary:")):
                continue
            elif found := STAMPED.match(line.text):
                yield from self.sar(line, found)
            elif found := IOSTAT.match(line.text.strip()):
                self.stamp = _whole(_date(found[1]), found[2], found[3] or "")
            else:
                yield from self.iostat(line)

    def sar(self, line: Row, found: re.Match[str]) -> Iterator[Event]:
        cells = found[3].split()
        if not cells or "RESTART" in found[3]:
            if cells:
                at = self.at(found[1], found[2] or "")
                yield (
                    at
                    | {"kind": "log", "severity_number": 13, "body": "the machine restarted", "host": self.host}
                    | line.place
                )
            return
        if all(number(cell) is None for cell in cells):
            self.names = cells
            return
        if len(cells) == len(self.names):
            yield from (event | line.place for event in self.row(cells, self.at(found[1], found[2] or "")))

    def at(self, clock: str, half: str) -> Event:
        """The banner has the date; where the clock goes back it is the next day."""
        when = instant(f"{self.date} {_clock(clock, half)}")
        if when is None:
            return {"stamp": clock + half}
        when += self.days * DAY
        if when + DAY // 2 < self.last:
            when, self.days = when + DAY, self.days + 1
        self.last = max(self.last, when)
        return {"timestamp": when, "stamp": clock + half, "time_quality": "zone_assumed"}

    def iostat(self, line: Row) -> Iterator[Event]:
        cells = line.text.replace("avg-cpu:", " ").split()
        if cells and all(number(cell) is None for cell in cells) and len(cells) > 1:
            self.names = [cell.rstrip(":") for cell in cells]
        elif self.stamp and cells and len(cells) == len(self.names):
            yield from (event | line.place for event in self.row(cells, self.stamp))

    def row(self, cells: list[str], at: Event) -> Iterator[Event]:
        known = {
            name: cell
            for name, cell in zip(self.names, cells, strict=False)
            if name in NAMES_OF_ROWS or number(cell) is None
        }
        for name, cell in zip(self.names, cells, strict=False):
            if name not in known:
                yield at | described(name, known) | {"value": number(cell), "host": self.host}

    def vmstat(self, text: str) -> Iterator[Event]:
        """The time stands last, in the zone that the header names."""
        zone = ""
        for line in lines(text):
            cells = line.text.split()
            if line.text.startswith("procs"):
                continue
            if cells[0] == "r":
                zone = cells[-1] if cells[-1].isupper() else ""
                self.names = cells[: -1 if zone else None]
            elif len(cells) == len(self.names) + 2:
                said = f"{cells[-2]} {cells[-1]}"
                at = timed(f"{said}{_offset(zone)}") | {"stamp": said}
                yield from (event | line.place for event in self.row(cells[:-2], at))


def _offset(zone: str) -> str:
    from postmortem_timeline.parsing.stamp_moves import zone_seconds

    seconds = zone_seconds(zone) if zone else None
    if seconds is None:
        return ""
    return f"{'-' if seconds < 0 else '+'}{abs(seconds) // 3600:02}:{abs(seconds) % 3600 // 60:02}"


def _clock(clock: str, half: str) -> str:
    hour = int(clock[:2])
    return clock if not half else f"{hour % 12 + 12 * (half.strip() == 'PM'):02}{clock[2:]}"


def _date(said: str) -> str:
    """ISO, `07/15/2025`, `07/15/25`, or `15.07.2025`: with slashes the month stands first unless it cannot."""
    parts = re.split(r"[-/.]", said)
    if len(parts[0]) == 4:
        return "-".join(parts)
    one, two, year = parts
    year = year if len(year) == 4 else f"20{year}"
    month, day = (two, one) if "." in said or int(one) > 12 else (one, two)
    return f"{year}-{month}-{day}"


def _whole(date: str, clock: str, tail: str) -> Event:
    """The time of the rows below it."""
    half = tail if tail in ("AM", "PM") else ""
    return {"timestamp": instant(f"{date}T{_clock(clock, half)}{'' if half else tail}"), "time_quality": "inherited"}
