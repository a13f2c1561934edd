"""The engine of CSV and TSV: columns by the header's names, or by a format's own list where there is none."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.jsonl import from_objects
from postmortem_timeline.parsing.text import Bools, Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

MOST_LINES = 200  # a quoted field may hold newlines; one that runs on longer is a lost quote
NAME = re.compile(r"^[A-Za-z_@][\w @./()%#:-]{0,63}$")


def header_of(line: str, delimiter: str) -> tuple[str, ...]:
    """The names of a header line; empty where it is none."""
    cells = next(csv.reader([line], delimiter=delimiter), [])
    names = [c.strip().lstrip("\ufeff") for c in cells]
    good = len(names) >= 2 and all(NAME.match(n) for n in names) and len(set(names)) == len(names)
    return tuple(names) if good else ()


def records(lines: Lines, delimiter: str, width: int) -> Iterator[tuple[int, int, list[str]]]:
    """Row, rows taken, and cells of each record that has `width` cells; quoted newlines are joined."""
    raw = lines.text.buf[: lines.text.size].tobytes()
    starts, ends = lines.start.tolist(), lines.end.tolist()
    row = 0
    while row < len(starts):
        taken = 1
        text = raw[starts[row] : ends[row]]
        while text.count(b'"') % 2 and taken < MOST_LINES and row + taken < len(starts):
            text += b"\n" + raw[starts[row + taken] : ends[row + taken]]
            taken += 1
        if text.count(b'"') % 2:
            row += 1
            continue
        if text.strip():
            cells = next(csv.reader(text.decode("utf-8", "replace").split("\n"), delimiter=delimiter), [])
            if taken > 1:
                cells = next(iter(csv.reader(_Whole(text.decode("utf-8", "replace")), delimiter=delimiter)), [])
            if len(cells) == width:
                yield row, taken, cells
        row += taken


class _Whole:
    """A record of several lines for csv.reader, which wants to see the line ends."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines(keepends=True)

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)


def layout(fmt: Format, context: SourceContext) -> tuple[tuple[str, ...], str]:
    """The column names and the delimiter for a source."""
    delimiter = context.delimiter or fmt.match.get("delimiter", ",")
    return tuple(fmt.match.get("fields", ())) or context.header, delimiter


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    taken = np.zeros(len(lines), bool)
    names, delimiter = layout(fmt, context)
    if names:
        for row, _, cells in records(lines, delimiter, len(names)):
            taken[row] = tuple(cells) != names
    return taken


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    names, delimiter = layout(fmt, context)
    if not names:
        return
    rows, objects, extents = [], [], []
    for row, taken, cells in records(lines, delimiter, len(names)):
        if tuple(c.strip().lstrip("\ufeff") for c in cells) != names:
            rows.append(row)
            extents.append(taken)
            objects.append({k: v for k, v in zip(names, cells) if v != ""})
    if rows:
        out = from_objects(fmt, np.array(rows, np.intp), objects, context)
        out.extent = np.array(extents, np.int64)
        yield out
