"""Bytes as words: a block of text on which whole columns of cursors are moved at once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

PAD = 64  # a word may be read from any cursor, also from one at the very end
LOW = np.uint64(0x0101010101010101)
HIGH = np.uint64(0x8080808080808080)
ZEROS = np.uint64(0x3030303030303030)
SIXES = np.uint64(0x0606060606060606)
HIGH_NIBBLES = np.uint64(0xF0F0F0F0F0F0F0F0)
LOW_NIBBLES = np.uint64(0x0F0F0F0F0F0F0F0F)
FAR = (34, 63)  # quotes and question marks: few of them, and what they end is long
MANY_ROWS = 256  # from which the list of all places of a far byte is worth its making
MANY_STEPS = 4  # words walked before a search falls back to the list of all places of the byte


@dataclass(frozen=True)
class Text:
    """A buffer of UTF-8 and its view as overlapping little-endian words, one starting at each byte."""

    buf: npt.NDArray[np.uint8]
    size: int
    words: Words
    places: dict[int, Ints] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, data: bytes | bytearray | memoryview | npt.NDArray[np.uint8]) -> Text:
        raw = data if isinstance(data, np.ndarray) else np.frombuffer(data, np.uint8)
        buf = np.zeros(len(raw) + PAD, np.uint8)
        buf[: len(raw)] = raw
        return cls.padded(buf, len(raw))

    @classmethod
    def padded(cls, buf: npt.NDArray[np.uint8], size: int) -> Text:
        """The text of the first `size` bytes of `buf`, which holds at least `PAD` bytes more."""
        words: Words = np.ndarray(len(buf) - 7, "<u8", buf.data, strides=(1,))
        return cls(buf, size, words)

    def slice(self, start: int, end: int) -> bytes:
        return self.buf[start:end].tobytes()

    def all_places(self, byte: int) -> Ints:
        if byte not in self.places:
            self.places[byte] = np.flatnonzero(self.buf[: self.size] == byte)
        return self.places[byte]


@dataclass(frozen=True)
class Lines:
    """Lines of a text: where each starts and ends (its newline and carriage return left out) and its number in the block."""

    text: Text
    start: Ints
    end: Ints
    number: Ints

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: npt.NDArray[np.intp] | Bools) -> Lines:
        return Lines(self.text, self.start[rows], self.end[rows], self.number[rows])

    def blank(self) -> Bools:
        """Lines of nothing but white space (looked at closely only where they are short)."""
        empty = self.end <= self.start
        for row in np.flatnonzero(~empty & (self.text.buf[self.start] <= 32)):
            empty[row] = not self.text.slice(self.start[row], self.end[row]).strip()
        return empty


def split_lines(text: Text, first: int = 0) -> Lines:
    """Every physical line of a text; a last one without a newline counts."""
    newline = np.flatnonzero(text.buf[: text.size] == 10)
    if text.size and (not len(newline) or newline[-1] != text.size - 1):
        newline = np.append(newline, text.size)
    start = np.empty_like(newline)
    start[:1] = 0
    start[1:] = newline[:-1] + 1
    end = newline - ((newline > start) & (text.buf[newline - 1] == 13))
    return Lines(text, start, end, np.arange(first, first + len(start), dtype=np.int64))


def find_byte(text: Text, at: Ints, end: Ints, byte: int) -> Ints:
    """The first place of `byte` in [at, end), row by row; -1 where there is none.

    A few words are walked at once; rows whose byte lies farther off ask the sorted list of all its places.
    """
    pattern = np.uint64(byte) * LOW
    found = np.full(len(at), -1, np.int64)
    rows: npt.NDArray[np.intp] | None = None
    steps = 0 if byte in FAR and len(at) > MANY_ROWS else MANY_STEPS
    for _ in range(steps):
        x = text.words[at] ^ pattern
        t = (x - LOW) & ~x & HIGH
        place = at + (np.bitwise_count((t & (~t + np.uint64(1))) - np.uint64(1)) >> 3)
        hit = t != 0
        good = hit & (place < end)
        go = ~hit & (at + 8 < end)
        if rows is None:
            found = np.where(good, place, found)
            rows = np.flatnonzero(go)
            at, end = at[rows] + 8, end[rows]
        else:
            found[rows[good]] = place[good]
            rows, at, end = rows[go], at[go] + 8, end[go]
        if not len(rows):
            return found
    place, _ = next_place(text, at, end, byte)
    if rows is None:
        return place
    good = place >= 0
    found[rows[good]] = place[good]
    return found


def next_place(text: Text, at: Ints, end: Ints, byte: int, nth: Ints | None = None) -> tuple[Ints, Ints]:
    """As `find_byte`, by the sorted list of all places of the byte, and which of them it is.

    `nth` says which was found before each cursor: the one wanted is the next, or one of the next.
    """
    places = text.all_places(byte)
    if not len(places):
        return np.full(len(at), -1, np.int64), np.zeros(len(at), np.int64)
    last = len(places) - 1
    if nth is None:
        nth = np.searchsorted(places, at)
        place = places[np.minimum(nth, last)]
        return np.where((nth <= last) & (place < end), place, -1), nth
    nth = np.minimum(nth + 1, last)
    place = places[nth]
    behind = np.flatnonzero(place < at)
    while len(behind):  # what was passed over held the byte too
        nth[behind] += 1
        behind = behind[nth[behind] <= last]
        behind = behind[places[nth[behind]] < at[behind]]
    nth = np.minimum(nth, last)
    place = places[nth]
    return np.where((place >= at) & (place < end), place, -1), nth


def has_literal(text: Text, at: Ints, end: Ints, literal: bytes) -> Bools:
    """Whether `literal` stands at each cursor and ends by `end`."""
    ok = at + len(literal) <= end
    for k in range(0, len(literal), 8):
        part = literal[k : k + 8]
        place = at if k == 0 else at + k if k < PAD - 16 else np.minimum(at + k, text.size)
        word = text.words[place]
        if len(part) < 8:
            word &= np.uint64((1 << (8 * len(part))) - 1)
        ok &= word == np.uint64(int.from_bytes(part, "little"))
    return ok


def find(text: Text, at: Ints, end: Ints, literal: bytes, place: Ints | None = None) -> Ints:
    """The first place of `literal` in [at, end), row by row; -1 where there is none. `place` is that of its first byte."""
    place = find_byte(text, at, end, literal[0]) if place is None else place
    if len(literal) == 1:
        return place
    if (place >= 0).all() and has_literal(text, place, end, literal).all():
        return place
    found = np.full(len(at), -1, np.int64)
    rows = np.flatnonzero(place >= 0)
    place, end = place[rows], end[rows]
    while len(rows):
        good = has_literal(text, place, end, literal)
        found[rows[good]] = place[good]
        rows, place, end = rows[~good], place[~good], end[~good]
        place = find_byte(text, place + 1, end, literal[0])
        alive = place >= 0
        rows, place, end = rows[alive], place[alive], end[alive]
    return found


def find_last(text: Text, at: Ints, end: Ints, literal: bytes) -> Ints:
    """The last place of `literal` in [at, end), row by row; -1 where there is none."""
    found = np.full(len(at), -1, np.int64)
    rows = np.arange(len(at))
    place = end - len(literal)
    while len(rows):
        inside = place >= at
        rows, at, place = rows[inside], at[inside], place[inside]
        end = end[inside]
        good = has_literal(text, place, end, literal)
        found[rows[good]] = place[good]
        rest = ~good
        rows, at, place, end = rows[rest], at[rest], place[rest] - 1, end[rest]
    return found


def skip_blanks(text: Text, at: Ints, end: Ints) -> Ints:
    """Each cursor moved past the blanks it stands on."""
    at = at.copy()
    rows = np.flatnonzero((at < end) & (text.buf[at] == 32))
    while len(rows):
        at[rows] += 1
        rows = rows[(at[rows] < end[rows]) & (text.buf[at[rows]] == 32)]
    return at


def first_word(text: Text, start: Ints, end: Ints) -> Words:
    """Up to eight bytes of each span as one number; what lies beyond the span is zero."""
    length = np.clip(end - start, 0, 8).astype(np.uint64)
    keep = np.where(length == 8, ~np.uint64(0), (np.uint64(1) << (length * np.uint64(8))) - np.uint64(1))
    return text.words[start] & keep


def short_integers(text: Text, start: Ints, length: Ints) -> tuple[Ints, Bools]:
    """Whole numbers of at most eight digits, eight bytes at a time, and which spans are digits throughout.

    The digits are moved to the top of a word and joined pair by pair (D. Lemire, "Quickly parsing eight digits").
    """
    room = np.clip(8 - length, 0, 8).astype(np.uint64) * np.uint64(8)
    word = text.words[start]
    with np.errstate(over="ignore"):
        word = np.where(length > 0, word << np.minimum(room, np.uint64(56)), np.uint64(0))
        filled = word | (ZEROS & ((np.uint64(1) << np.minimum(room, np.uint64(63))) - np.uint64(1)))
        digits = ((filled & HIGH_NIBBLES) == ZEROS) & (((filled + SIXES) & HIGH_NIBBLES) == ZEROS)
        pairs = (filled & LOW_NIBBLES) * np.uint64(2561) >> np.uint64(8)
        fours = (pairs & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601) >> np.uint64(16)
        value = (fours & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001) >> np.uint64(32)
    return value.astype(np.int64), digits & (length > 0) & (length <= 8)
