"""What each strptime directive does to a column of cursors: one move reads a field on all rows and steps over it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing.text import Bools, Ints, Text, first_word

NAIVE = -(2**31)  # the offset of a stamp that carries no zone
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


class Cursor:
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


def _fraction(c: Cursor, optional: bool) -> None:
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


def _month_name(c: Cursor) -> None:
    code = (c.byte() | 32) << 16 | (c.byte(1) | 32) << 8 | (c.byte(2) | 32)
    known = np.array([MONTHS[i] << 16 | MONTHS[i + 1] << 8 | MONTHS[i + 2] for i in range(0, 36, 3)])
    match = code[:, None] == known[None, :]
    c.ok &= match.any(axis=1)
    month = match.argmax(axis=1) + 1
    c.parts["m"] = month
    c.at += 3


def _full_month_name(c: Cursor) -> None:
    _month_name(c)
    lengths = np.array([0] + [len(m) - 3 for m in FULL_MONTHS])
    c.at += lengths[c.parts["m"]]


def _weekday(c: Cursor) -> None:
    for k in range(3):
        letter = c.byte(k) | 32
        c.ok &= (letter >= 97) & (letter <= 122)
    c.at += 3


def _full_weekday(c: Cursor) -> None:
    _weekday(c)
    for _ in range(6):
        letter = c.byte() | 32
        c.at += (letter >= 97) & (letter <= 122)


def _offset(c: Cursor) -> None:
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


def _zone_name(c: Cursor) -> None:
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


def _epoch(c: Cursor) -> None:
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
    def move(c: Cursor) -> None:
        c.parts[name] = c.digits(width, blank_padded)

    return move


def _short_year(c: Cursor) -> None:
    c.parts["Y"] = c.digits(2)
    c.parts["Y"] += np.where(c.parts["Y"] < 70, 2000, 1900)


def _half_day(c: Cursor) -> None:
    letter = c.byte() | 32
    c.ok &= ((letter == 97) | (letter == 112)) & ((c.byte(1) | 32) == 109)
    c.parts["p"] = (letter == 112).astype(np.int64)
    c.at += 2


def _loose_number(name: str):  # type: ignore[no-untyped-def]
    def move(c: Cursor) -> None:
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
