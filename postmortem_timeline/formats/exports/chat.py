"""What exports of chats share: the row of a message, and the day that a clock without a date means."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.parsing.written import read

KIND = "chat"
LEAST = 10  # characters of an id that means one thing everywhere
HALF_DAY_NS = 12 * 3600 * 1_000_000_000
_DATED = re.compile(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?([0-2]\d|3[01])(?!\d)")
_DATED_DAY_FIRST = re.compile(r"(?<!\d)([0-2]\d|3[01])[-_.](0[1-9]|1[0-2])[-_.](20\d\d)(?!\d)")


def message(
    stamp: Any, who: str, words: str, *, own: Any = None, thread: Any = None, action: str | None = None,
    bot: bool = False, channel: str = "", **more: Any,
) -> Event:  # fmt: skip
    """The row of a message: `own` is its id, `thread` that of the message it answers, `action` what is not plain talk."""
    key = str(thread or own) if thread or own else None
    if key and len(key) < LEAST:  # counted in its chat alone
        key = f"{channel}:{key}" if channel else None
    return (timed(stamp) if not isinstance(stamp, dict) else stamp) | {
        "kind": KIND, "actor": who or None, "body": words, "action": action or ("bot" if bot else None),
        "correlation_key": key,
        "attributes": attributes({"channel": channel, "bot": bot, "id": own, "thread": thread, **more}),
    }  # fmt: skip


class Line(NamedTuple):
    """One line of a text, and where it stands."""

    number: int  # from 1
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text, without their ends."""
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        yield Line(number, at, line.removesuffix("\r"))
        at += len(line) + 1


def csv_records(text: str, at: int = 0) -> Iterator[tuple[int, int, list[str]]]:
    """Where the records of a CSV stand, and their cells; a quoted cell may hold line ends."""
    start, quoted = at, False
    ends = [*re.finditer(r'"|\r?\n', text[at:]), None]
    for found in ends:
        if found is not None and found[0] == '"':
            quoted = not quoted
        elif found is None or not quoted:
            end = len(text) if found is None else at + found.start()
            if text[start:end].strip():
                yield start, end, _cells(text[start:end])
            start = end if found is None else at + found.end()


def _cells(record: str) -> list[str]:
    try:
        return next(csv.reader(record.splitlines(keepends=True)), [])
    except csv.Error:
        return []


class Days:
    """The day of clocks without a date: that of the last separator or full stamp, else of the source's name.

    A clock that goes back by more than half a day has passed midnight. Without any day there is no time, and a note.
    """

    def __init__(self, context: Context, order: str = "dm") -> None:
        self.context, self.order, self.noted = context, order, False
        self.day = day_of_name(context.source)
        self.quality = "inherited" if self.day else "zone_assumed"
        self.last_ns = 0

    def begin(self, text: str) -> bool:
        """Whether a text says a day; that day is meant from here on."""
        said = read(text, self.order)
        if said is None or said.date is None or (said.date[0] is None and self.day is None):
            return False
        year, month, day = said.date
        if year is None and self.day is not None:
            year_now = self.day.year + (month < self.day.month - 6)  # over New Year
        try:
            self.day = date(year or year_now, month, day)
        except ValueError:
            return False
        if year or self.quality == "inherited":
            self.quality = "zone_assumed" if year else "year_inferred"
        self.last_ns = 0
        return True

    def timed(self, stamp: str) -> Event:
        """The columns of a time."""
        said = read(stamp, self.order)
        if said is None or said.clock_ns is None:
            return {"stamp": stamp}
        if said.date is not None:
            self.begin(stamp)
        elif self.day is not None and said.clock_ns < self.last_ns - HALF_DAY_NS:
            self.day += timedelta(days=1)
        if self.day is None:
            self._note()
            return {"stamp": stamp}
        self.last_ns = said.clock_ns
        when = said.instant((self.day.year, self.day.month, self.day.day))
        exact = said.offset is not None and self.quality == "zone_assumed"
        return {"timestamp": when, "stamp": stamp} | ({} if exact else {"time_quality": self.quality})

    def _note(self) -> None:
        if not self.noted:
            self.context.note(
                "no_date", "its clocks have no date; put the date into the file's name: chat-2025-07-15.txt"
            )
        self.noted = True


def day_of_name(source: str) -> date | None:
    """The date in the innermost dated part of a source's name."""
    for part in reversed(re.split(r"[/!]", source)):
        for shape, order in ((_DATED, (1, 2, 3)), (_DATED_DAY_FIRST, (3, 2, 1))):
            if found := shape.search(part):
                try:
                    return date(*(int(found[k]) for k in order))
                except ValueError:
                    continue
    return None
