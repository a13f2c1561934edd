"""Timestamps: a strptime pattern compiled to moves of a column of cursors, decoded for whole blocks at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from postmortem_timeline.errors import FormatError
from postmortem_timeline.parsing.stamp_moves import DAY, HOUR, MOVES, NAIVE, SECOND, WIDTHS, Cursor
from postmortem_timeline.parsing.text import Bools, Ints, Text

NAT = np.iinfo(np.int64).min
LONGEST = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])  # days of a month, by its number


@dataclass(frozen=True)
class Dating:
    """What a stamp without a year or date takes: the year, and the moment before which nothing of the source lies."""

    year: int = 1970
    floor_ns: int = NAT
    by_clock: bool = False  # the stamps are times of day alone: one well before the floor is of the next day

    @property
    def date_ns(self) -> int:
        return 0 if self.floor_ns == NAT else self.floor_ns // (DAY * SECOND) * DAY * SECOND


@dataclass
class Stamps:
    """Decoded stamps: local time in ns as if it were UTC, the offset in seconds (or NAIVE), where each ended, which were good."""

    local_ns: Ints
    offset: Ints
    end: Ints
    ok: Bools
    number: Ints | None = None  # which of several formats matched, by row; None: the only one

    def take(self, rows: Bools) -> Stamps:
        """The chosen rows."""
        number = None if self.number is None else self.number[rows]
        return Stamps(self.local_ns[rows], self.offset[rows], self.end[rows], self.ok[rows], number)


def days_from_civil(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms")."""
    y = year - (month <= 2)
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@dataclass(frozen=True)
class TimeFormat:
    """One compiled pattern."""

    pattern: str
    steps: tuple[tuple[str, bytes], ...]  # ("move", name) or ("literal", bytes)
    span: int | None  # how many bytes decide the whole stamp, where that many always do
    has_year: bool
    has_date: bool
    has_zone: bool
    fraction: bool

    def match(self, text: Text, at: Ints, end: Ints, dating: Dating) -> Stamps:
        """Decode the stamp at each cursor. Equal neighbours are decoded once."""
        if self.span is None or len(at) < 16:
            return self._decode(text, at, end, dating)
        starts = np.ones(len(at), bool)
        same = np.ones(len(at) - 1, bool)
        for k in [*range(0, self.span - 7, 8), self.span - 8]:
            word = text.words[np.minimum(at + k, text.size)]
            same &= word[1:] == word[:-1]
        starts[1:] = ~same
        rows = np.flatnonzero(starts)
        if len(rows) > len(at) // 2:
            return self._decode(text, at, end, dating)
        few = self._decode(text, at[rows], end[rows], dating)
        back = np.cumsum(starts) - 1
        stop = at + (few.end - at[rows])[back]
        return Stamps(few.local_ns[back], few.offset[back], stop, few.ok[back] & (stop <= end))

    def _decode(self, text: Text, at: Ints, end: Ints, dating: Dating) -> Stamps:
        c = Cursor(text, at, end)
        for what, value in self.steps:
            if what == "literal":
                for k, byte in enumerate(value):
                    c.ok &= c.byte(k) == byte
                c.at += len(value)
            else:
                MOVES[value.decode()](c)
        c.ok &= c.at <= end
        return Stamps(*self._assemble(c, dating), c.at, c.ok)

    def _assemble(self, c: Cursor, dating: Dating) -> tuple[Ints, Ints]:
        part, zero = c.parts, np.zeros(c.n, np.int64)
        offset = part.get("z", np.full(c.n, NAIVE, np.int64))
        if "epoch" in part:
            return part["epoch"] + part.get("f", zero), offset
        hour = part.get("H", zero)
        if "I" in part:
            hour = part["I"] % 12 + 12 * part.get("p", zero)
        minute, second = part.get("M", zero), part.get("S", zero)
        c.ok &= (hour <= 24) & (minute < 60) & (second <= 60)
        within = ((hour * 60 + minute) * 60 + second) * SECOND + part.get("f", zero)
        if not self.has_date:
            local = within + dating.date_ns
            over = dating.by_clock & (local < dating.floor_ns - HOUR * SECOND)
            return np.where(over, local + DAY * SECOND, local), offset
        day, month = part.get("d", zero + 1), part.get("m", zero + 1)
        c.ok &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= LONGEST[np.clip(month, 0, 12)])
        if "j" in part:
            c.ok &= (part["j"] >= 1) & (part["j"] <= 366)
            day = part["j"]
        if self.has_year:
            return days_from_civil(part["Y"], month, day) * (DAY * SECOND) + within, offset
        year = zero + dating.year
        local = days_from_civil(year, month, day) * (DAY * SECOND) + within
        if dating.floor_ns != NAT:  # what lies before all else of its source belongs to the next year
            late = local < dating.floor_ns - 31 * DAY * SECOND
            local = np.where(late, days_from_civil(year + 1, month, day) * (DAY * SECOND) + within, local)
        return local, offset


@lru_cache(maxsize=512)
def compile_format(pattern: str) -> TimeFormat:
    """Compile a strptime pattern (directives: see CONTRIBUTING.md). Raises FormatError for one that is not known."""
    steps: list[tuple[str, bytes]] = []
    text = pattern.replace("%T", "%H:%M:%S").replace("%F", "%Y-%m-%d").replace("%D", "%m/%d/%y")
    at, width = 0, 0
    while at < len(text):
        if text[at] != "%":
            steps.append(("literal", text[at].encode()))
            width += len(text[at].encode())
            at += 1
            continue
        name = text[at + 1 : at + 3] if text[at + 1 : at + 2] in (".", "-") else text[at + 1 : at + 2]
        if name == "%":
            steps.append(("literal", b"%"))
            width += 1
        elif name in MOVES:
            steps.append(("move", name.encode()))
            width += WIDTHS.get(name, 0)
        else:
            raise FormatError(f'time pattern "{pattern}": directive "%{name}" is not known')
        at += 1 + len(name)
    moves = [value.decode() for what, value in steps if what == "move"]
    loose = [move for move in moves if move not in WIDTHS]
    ends_in_zone = loose in (["z"], ["Z"]) and steps[-1][1].decode() == loose[0]
    span = width if not loose else width + 6 if ends_in_zone else 0
    return TimeFormat(
        pattern, tuple(steps), span if span >= 8 else None,
        has_year=bool({"Y", "y", "s"} & set(moves)), has_date=bool({"d", "e", "-d", "j", "s", "m", "-m", "b"} & set(moves)),
        has_zone=bool({"z", "Z", "s"} & set(moves)), fraction=bool({"f", ".f", "s"} & set(moves)),
    )  # fmt: skip
