"""Lines as rows of cells: all cells of all lines at once, from where the delimiters stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing.text import Bools, Ints, Lines, find_byte, skip_blanks

TAB, BLANK, COMMA, QUOTE = 9, 32, 44, 34


@dataclass(frozen=True)
class Grid:
    """The cells of some lines: `rows` are the lines, `start` and `end` have a row for each and a column for each cell."""

    rows: npt.NDArray[np.intp]
    start: Ints
    end: Ints

    def take(self, chosen: Bools) -> Grid:
        return self if chosen.all() else Grid(self.rows[chosen], self.start[chosen], self.end[chosen])


def split(lines: Lines, rows: npt.NDArray[np.intp], count: int, comma: bool = False) -> Iterator[Grid]:
    """The lines among `rows` that have `count` cells: between tabs where a line holds any, else between blanks or commas.

    A cell may stand in quotes, which are not part of it; then it may hold what else ends a cell.
    """
    start, end = lines.start[rows], lines.end[rows]
    tabbed = find_byte(lines.text, start, end, TAB) >= 0
    for mine, byte in ((tabbed, TAB), (~tabbed, COMMA if comma else BLANK)):
        if mine.any():
            yield from _by(lines, rows[mine], count, byte)


def _by(lines: Lines, rows: npt.NDArray[np.intp], count: int, byte: int) -> Iterator[Grid]:
    start, end = lines.start[rows], lines.end[rows]
    end = end - ((lines.text.buf[np.maximum(end - 1, start)] == byte) & (end > start) & (byte == BLANK))
    places = lines.text.all_places(byte)
    first = np.searchsorted(places, start)
    plain = np.searchsorted(places, end) - first == count - 1
    if plain.any():
        between = places[first[plain][:, None] + np.arange(count - 1)] if count > 1 else np.zeros((plain.sum(), 0), int)
        grid = Grid(
            rows[plain],
            np.concatenate([start[plain][:, None], between + 1], axis=1),
            np.concatenate([between, end[plain][:, None]], axis=1),
        )
        yield _unquoted(lines, grid)
    if not plain.all():
        walked = _walk(lines, rows[~plain], end[~plain], count, byte)
        if len(walked.rows):
            yield walked


def _unquoted(lines: Lines, grid: Grid) -> Grid:
    """The cells without quotes around them."""
    if not len(lines.text.all_places(QUOTE)):
        return grid
    buf = lines.text.buf
    quoted = (grid.end - grid.start >= 2) & (buf[grid.start] == QUOTE) & (buf[grid.end - 1] == QUOTE)
    return Grid(grid.rows, grid.start + quoted, grid.end - quoted) if quoted.any() else grid


def _walk(lines: Lines, rows: npt.NDArray[np.intp], end: Ints, count: int, byte: int) -> Grid:
    """Cell by cell: a quote closes where what ends a cell follows it, and blanks may be several."""
    text, at = lines.text, lines.start[rows]
    starts: list[Ints] = []
    ends: list[Ints] = []
    for k in range(count):
        at = skip_blanks(text, at, end) if byte == BLANK else at
        quoted = (at < end) & (text.buf[at] == QUOTE)
        stop = find_byte(text, at, end, byte)
        stop = np.where(stop < 0, end, stop)
        if quoted.any():
            stop[quoted] = _closing(lines, at[quoted] + 1, end[quoted], byte) + 1
        good = (stop <= end) & (stop >= at + quoted) & ((stop < end) == (k < count - 1))
        if byte == BLANK:
            good &= stop > at
        rows, end, at, stop, quoted = rows[good], end[good], at[good], stop[good], quoted[good]
        starts, ends = [s[good] for s in starts] + [at + quoted], [e[good] for e in ends] + [stop - quoted]
        at = np.minimum(stop + 1, end)
    return Grid(rows, np.stack(starts, axis=1), np.stack(ends, axis=1))


def _closing(lines: Lines, at: Ints, end: Ints, byte: int) -> Ints:
    """Where the quote stands that ends a quoted cell; beyond the line's end where none does."""
    text, found = lines.text, np.full(len(at), -1, np.int64)
    left = np.arange(len(at))
    while len(left):
        place = find_byte(text, at[left], end[left], QUOTE)
        lost = place < 0
        found[left[lost]] = end[left[lost]] + 1
        left, place = left[~lost], place[~lost]
        over = (place + 1 == end[left]) | (text.buf[place + 1] == byte)
        found[left[over]] = place[over]
        left, at = left[~over], _moved(at, left[~over], place[~over])
    return found


def _moved(at: Ints, rows: Ints, place: Ints) -> Ints:
    at = at.copy()
    at[rows] = place + 1
    return at
