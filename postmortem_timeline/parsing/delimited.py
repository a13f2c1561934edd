"""The engine of CSV and TSV: columns by the header's names, or by a format's own list where there is none."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.objects import Cells, batch
from postmortem_timeline.parsing.text import Bools, Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

LONGEST_HEADER = 1 << 14
MOST_LINES = 200  # a quoted field may hold newlines; one that runs on longer is a lost quote
# A cell that may be a time.
STAMPED = re.compile(
    r"^\s*\[?(?:[0-9]{4}[-/.]?[0-9]{2}|[0-9]{9,}|[0-9]{1,2}[-/. :](?:[0-9]{1,2}|[A-Z][a-z]{2})"
    r"|[A-Z][a-z]{2},? +[0-9]{1,2})"
)
NAME = re.compile(r"^[A-Za-z_@][\w @./()\[\]%#:-]{0,63}$")


def header_of(line: str, delimiter: str) -> tuple[str, ...]:
    """The names of a header line; empty where it is none."""
    cells = _cells(line, delimiter) if len(line) < LONGEST_HEADER else []
    names = [c.strip().lstrip("\ufeff") for c in cells]
    good = len(names) >= 2 and all(NAME.match(n) for n in names) and len(set(names)) == len(names)
    return tuple(names) if good else ()


def extents(lines: Lines, starts: Callable[[str], bool]) -> tuple[npt.NDArray[np.int64], int]:
    """How many lines each record takes that starts on a row (1 but for quoted newlines; 0 inside of one), and the first
    row that more lines after the last could change.

    A quote that is not closed soon, or not before a line that is a record of its own, is damage: it ends with its line.
    """
    odd = np.flatnonzero(_quotes(lines) % 2).tolist()
    closing = set(odd)
    taken = np.ones(len(lines), np.int64)
    free, open_from = 0, len(lines)  # the first row that no record before has taken
    for row in odd:
        if row < free:
            continue
        last = row
        while True:
            last += 1
            if last >= len(lines) or last - row >= MOST_LINES or lines.number[last] != lines.number[last - 1] + 1:
                break
            if starts(_text(lines, last)):
                break
            if last in closing:
                taken[row], taken[row + 1 : last + 1] = last + 1 - row, 0
                break
        if last >= len(lines):
            open_from = min(open_from, row)
        free = row + int(taken[row])
    return taken, open_from


def _quotes(lines: Lines) -> npt.NDArray[np.int64]:
    """How many quotation marks each line holds."""
    places = np.flatnonzero(lines.text.buf[: lines.text.size] == 34)
    return np.searchsorted(places, lines.end) - np.searchsorted(places, lines.start)


def _text(lines: Lines, first: int, last: int | None = None) -> str:
    end = lines.end[first if last is None else last]
    return lines.text.slice(int(lines.start[first]), int(end)).decode("utf-8", "replace")


def _starts(fmt: Format, names: tuple[str, ...], delimiter: str) -> Callable[[str], bool]:
    """Whether a text is a record by itself: as many cells as there are names, a time where a time belongs."""
    dated = _dated(fmt, names)

    def starts(text: str) -> bool:
        cells = _cells(text, delimiter)
        if len(cells) != len(names) or any(cell.count('"') % 2 for cell in cells):  # a quote that ends within: a tail
            return False
        return dated(cells)

    return starts


def _dated(fmt: Format, names: tuple[str, ...]) -> Callable[[list[str]], bool]:
    """Whether there is a time in the cell where one belongs."""
    fields = fmt.columns["timestamp"].fields if "timestamp" in fmt.columns else ()
    place = next((names.index(field) for field in fields if field in names), None)
    return lambda cells: place is None or bool(STAMPED.match(cells[place]))


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(_pieces(text), delimiter=delimiter), [])
    except csv.Error:
        return []


def heads(fmt: Format, lines: Lines, context: SourceContext) -> tuple[npt.NDArray[np.intp], int]:
    """The rows that are not inside of a record before, and the first row that more lines could change."""
    names, delimiter = layout(fmt, context)
    taken, open_from = extents(lines, _starts(fmt, names, delimiter))
    return np.flatnonzero(taken > 0), open_from


def records(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[tuple[int, int, list[str]]]:
    """Row, rows taken, and cells of each record that has as many cells as there are names."""
    names, delimiter = layout(fmt, context)
    if not names:
        return
    dated = _dated(fmt, names)  # without a header nothing else tells a record from a line with as many commas
    taken, _ = extents(lines, _starts(fmt, names, delimiter))
    torn = (taken == 1) & (_quotes(lines) % 2 == 1)
    rows = np.flatnonzero((taken > 0) & ~torn & (lines.end > lines.start)).tolist()
    texts = [_text(lines, row, row + int(taken[row]) - 1) for row in rows]
    for row, cells in zip(rows, _all_cells(texts, delimiter), strict=True):
        if len(cells) == len(names) and (not fmt.match.get("fields") or dated(cells)):
            yield row, int(taken[row]), cells


def _pieces(text: str) -> Sequence[str]:
    """The lines of a record, with their ends, which csv.reader wants to see."""
    return [f"{line}\n" for line in text.split("\n")] if "\n" in text else (text,)


def _all_cells(texts: list[str], delimiter: str) -> list[list[str]]:
    """The cells of each record; one by one where their quotes would run from one into the next."""
    pieces = chain.from_iterable(_pieces(text) for text in texts)
    try:
        found = list(csv.reader(pieces, delimiter=delimiter))
    except csv.Error:
        found = []
    if len(found) == len(texts):
        return found
    return [_cells(text, delimiter) for text in texts]


def layout(fmt: Format, context: SourceContext) -> tuple[tuple[str, ...], str]:
    """The column names and the delimiter for a source."""
    delimiter = context.delimiter or fmt.match.get("delimiter", ",")
    return tuple(fmt.match.get("fields", ())) or context.header, delimiter


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    taken, names = np.zeros(len(lines), bool), layout(fmt, context)[0]
    for row, _, cells in records(fmt, lines, context):
        taken[row] = not _is_header(cells, names)
    return taken


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    names, _ = layout(fmt, context)
    found = [record for record in records(fmt, lines, context) if not _is_header(record[2], names)]
    if found:
        rows, extent, cells = zip(*found, strict=True)
        out = batch(fmt, np.array(rows, np.intp), Cells(names, cells), context)
        out.extent = np.array(extent, np.int64)
        yield out


def joined_rows(batch: Batch, n: int) -> Bools:
    """Of `n` rows those, but the first, of records that were joined out of several lines."""
    inside = np.zeros(n, bool)
    if batch.extent is not None:
        several = batch.extent > 1
        for row, taken in zip(batch.rows[several].tolist(), batch.extent[several].tolist(), strict=True):
            inside[row + 1 : row + taken] = True
    return inside


def _is_header(cells: list[str], names: tuple[str, ...]) -> bool:
    """Whether a row is the header again; its first cell mostly tells."""
    return cells[0].strip().lstrip("\ufeff") == names[0] and tuple(c.strip().lstrip("\ufeff") for c in cells) == names
