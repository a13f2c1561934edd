"""Timestamps: a strptime pattern compiled to moves of a column of cursors, decoded for whole blocks at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from postmortem_timeline.errors import FormatError
from postmortem_timeline.parsing.text import Bools, Ints, Text, first_word

NAIVE = -(2**31)  # the offset of a stamp that carries no zone
NAT = np.iinfo(np.int64).min
SECOND = 1_000_000_000
HOUR, DAY = 3_600, 86_400

MONTHS = b"janfebmaraprmayjunjulaugsepoctnovdec"
# Zone names as programs write them. Names that mean several zones (IST, CST, BST) take the meaning most common in logs.
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "UCT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "IST": 5.5, "SGT": 8, "HKT": 8, "JST": 9, "KST": 9, "AWST": 8, "ACST": 9.5, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9,
    "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3, "SAST": 2, "WIB": 7, "PKT": 5, "NPT": 5.75,
}  # fmt: skip
FULL_MONTHS = b"january february march april may june july august september october november december".split()


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


class _Cursor:
    """The state of one walk: fields collected so far, for all rows."""

    def __init__(self, text: Text, at: Ints, end: Ints) -> None:
        n = len(at)
        self.text, self.at, self.stop = text, at.copy(), end
        self.ok: Bools = np.ones(n, bool)
        self.parts: dict[str, Ints] = {}
        self.n = n

    def byte(self, ahead: int = 0) -> npt.NDArray[np.int64]:
        return self.text.buf[np.minimum(self.at + ahead, self.text.size)].astype(np.int64)

    def digits(self, width: int, blank_padded: bool = False) -> Ints:
        value = np.zeros(self.n, np.int64)
        for k in range(width):
            digit = self.byte(k) - 48
            good = (digit >= 0) & (digit <= 9)
            if blank_padded and k == 0:
                blank = digit == -16
                digit = np.where(blank, 0, digit)
                good |= blank
            self.ok &= good
            value = value * 10 + digit
        self.at += width
        return value

    def run_of_digits(self, most: int) -> tuple[Ints, Ints]:
        """A run of up to `most` digits: its value and its length."""
        value, length = np.zeros(self.n, np.int64), np.zeros(self.n, np.int64)
        going = np.ones(self.n, bool)
        for k in range(most):
            digit = self.byte(k) - 48
            going &= (digit >= 0) & (digit <= 9) & (self.at + k < self.stop)
            if not going.any():
                break
            value = np.where(going, value * 10 + digit, value)
            length += going
        self.at += length
        return value, length


def _fraction(c: _Cursor, optional: bool) -> None:
    if optional:
        mark = c.byte()
        nine = c.byte(1) - 48
        has = ((mark == 46) | (mark == 44)) & (nine >= 0) & (nine <= 9)
        back = c.at.copy()
        c.at += 1
        value, length = c.run_of_digits(9)
        c.at = np.where(has, c.at, back)
        value, length = np.where(has, value, 0), np.where(has, length, 0)
    else:
        value, length = c.run_of_digits(9)
        c.ok &= length > 0
    c.parts["f"] = value * 10 ** (9 - length)


def _month_name(c: _Cursor) -> None:
    code = (c.byte() | 32) << 16 | (c.byte(1) | 32) << 8 | (c.byte(2) | 32)
    known = np.array([MONTHS[i] << 16 | MONTHS[i + 1] << 8 | MONTHS[i + 2] for i in range(0, 36, 3)])
    match = code[:, None] == known[None, :]
    c.ok &= match.any(axis=1)
    month = match.argmax(axis=1) + 1
    c.parts["m"] = month
    c.at += 3


def _full_month_name(c: _Cursor) -> None:
    _month_name(c)
    lengths = np.array([0] + [len(m) - 3 for m in FULL_MONTHS])
    c.at += lengths[c.parts["m"]]


def _weekday(c: _Cursor) -> None:
    for k in range(3):
        letter = c.byte(k) | 32
        c.ok &= (letter >= 97) & (letter <= 122)
    c.at += 3


def _full_weekday(c: _Cursor) -> None:
    _weekday(c)
    for _ in range(6):
        letter = c.byte() | 32
        c.at += (letter >= 97) & (letter <= 122)


def _offset(c: _Cursor) -> None:
    sign = c.byte()
    zulu = (sign | 32) == 122
    signed = (sign == 43) | (sign == 45)
    c.ok &= zulu | signed
    base = c.at
    c.at = base + 1
    good = c.ok.copy()
    hours = c.digits(2)
    colon = c.byte() == 58
    c.at += colon
    first, second = c.byte() - 48, c.byte(1) - 48
    minutes_there = (first >= 0) & (first <= 5) & (second >= 0) & (second <= 9) & (c.at + 2 <= c.stop)
    minutes = np.where(minutes_there, first * 10 + second, 0)
    c.ok = np.where(zulu, good, c.ok)
    end = np.where(minutes_there, c.at + 2, base + 3)
    c.at = np.where(zulu, base + 1, end)
    seconds = (hours * 60 + minutes) * 60
    c.parts["z"] = np.where(zulu, 0, np.where(sign == 45, -seconds, seconds))


def _zone_name(c: _Cursor) -> None:
    length = np.zeros(c.n, np.int64)
    going = np.ones(c.n, bool)
    signed = np.zeros(c.n, bool)
    for k in range(8):
        b = c.byte(k)
        letter = ((b | 32) >= 97) & ((b | 32) <= 122)
        signed |= ((b == 43) | (b == 45)) & (k == 0)
        digit = signed & ((b >= 48) & (b <= 58) | (k == 0))  # digits belong to an offset, never to a name
        going &= (letter | digit) & (c.at + k < c.stop)
        length += going
    words, back = np.unique(first_word(c.text, c.at, c.at + length), return_inverse=True)
    values = [zone_seconds(int(w).to_bytes(8, "little").rstrip(b"\0").decode("latin-1")) for w in words]
    known = np.array([v is not None for v in values], bool)
    c.ok &= known[back] & (length > 0)
    c.parts["z"] = np.array([v or 0 for v in values], np.int64)[back]
    c.at += length


def zone_seconds(name: str) -> int | None:
    """Seconds east of UTC for a zone abbreviation or a numeric offset such as `+05:30`; None where it is neither."""
    if name.upper() in ZONES:
        return int(ZONES[name.upper()] * 3600)
    digits = name[1:].replace(":", "")
    if name[:1] in "+-" and digits.isdigit() and len(digits) in (2, 4):
        seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
        return -seconds if name[0] == "-" else seconds
    return None


def _epoch(c: _Cursor) -> None:
    value, length = c.run_of_digits(19)
    c.ok &= (length >= 9) & (value > 0)
    # Seconds have ten digits from 2001 to 2286, milliseconds thirteen, and so on.
    scale = np.select([length <= 11, length <= 14, length <= 17], [SECOND, 1_000_000, 1000], 1)
    dot = (c.byte() == 46) & (length <= 11)
    if dot.any():
        back = c.at.copy()
        c.at += 1
        fraction, digits = c.run_of_digits(9)
        c.at = np.where(dot, c.at, back)
        c.parts["f"] = np.where(dot, fraction * 10 ** (9 - digits), 0)
    c.parts["epoch"] = np.where(c.ok, value, 0) * scale
    c.parts["z"] = np.zeros(c.n, np.int64)


def _number(name: str, width: int, blank_padded: bool = False):  # type: ignore[no-untyped-def]
    def move(c: _Cursor) -> None:
        c.parts[name] = c.digits(width, blank_padded)

    return move


def _short_year(c: _Cursor) -> None:
    c.parts["Y"] = c.digits(2)
    c.parts["Y"] += np.where(c.parts["Y"] < 70, 2000, 1900)


def _half_day(c: _Cursor) -> None:
    letter = c.byte() | 32
    c.ok &= ((letter == 97) | (letter == 112)) & ((c.byte(1) | 32) == 109)
    c.parts["p"] = (letter == 112).astype(np.int64)
    c.at += 2


def _loose_number(name: str):  # type: ignore[no-untyped-def]
    def move(c: _Cursor) -> None:
        c.parts[name], length = c.run_of_digits(2)
        c.ok &= length > 0

    return move


MOVES = {
    "Y": _number("Y", 4), "m": _number("m", 2), "d": _number("d", 2), "e": _number("d", 2, True), "H": _number("H", 2),
    "M": _number("M", 2), "S": _number("S", 2), "j": _number("j", 3), "y": _short_year, "b": _month_name, "B": _full_month_name,
    "a": _weekday, "A": _full_weekday, "f": lambda c: _fraction(c, False), ".f": lambda c: _fraction(c, True), "z": _offset,
    "Z": _zone_name, "s": _epoch, "I": _number("I", 2), "p": _half_day, "-d": _loose_number("d"), "-m": _loose_number("m"),
    "-I": _loose_number("I"), "-H": _loose_number("H"),
}  # fmt: skip
WIDTHS = {"Y": 4, "m": 2, "d": 2, "e": 2, "H": 2, "M": 2, "S": 2, "j": 3, "y": 2, "b": 3, "a": 3, "I": 2, "p": 2}


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
        c = _Cursor(text, at, end)
        for what, value in self.steps:
            if what == "literal":
                for k, byte in enumerate(value):
                    c.ok &= c.byte(k) == byte
                c.at += len(value)
            else:
                MOVES[value.decode()](c)
        c.ok &= c.at <= end
        return Stamps(*self._assemble(c, dating), c.at, c.ok)

    def _assemble(self, c: _Cursor, dating: Dating) -> tuple[Ints, Ints]:
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
        c.ok &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
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
