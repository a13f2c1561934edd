"""Tables with code behind them: rows of CSV by the header's names, each with its place."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from postmortem_timeline.formats.exports.event import Event

DELIMITERS = (",", ";", "\t", "|")


class Row(NamedTuple):
    """A row: its cells by name, and where it stands."""

    cells: dict[str, str]
    line: int
    start: int
    end: int

    @property
    def place(self) -> Event:
        """The columns of its place."""
        return {"line": self.line, "element": (self.start, self.end)}

    def get(self, *names: str) -> str:
        """The first of some columns that holds something."""
        return next((self.cells[name].strip() for name in names if self.cells.get(name, "").strip()), "")


def plain(name: str) -> str:
    """A column's name as products differ in it: lower case, words joined by `_`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip().lstrip("\ufeff").strip('"#'))
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def header(text: str) -> tuple[list[str], str, int]:
    """The names of the first row that is one, its delimiter, and its line from 0; `sep=;` for spreadsheets is passed over."""
    for number, line in enumerate(text.split("\n", 3)[:3]):
        line = line.strip("\r\ufeff")
        if line.lower().startswith("sep=") or not line.strip():
            continue
        best = max(DELIMITERS, key=lambda mark: (line.count(mark), mark == ","))
        return (_cells(line, best), best, number) if line.count(best) else ([], best, number)
    return [], ",", 0


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def rows(text: str, normal: bool = True) -> Iterator[Row]:
    """The rows below the header; a cell may hold line ends. Rows of another length end with what they have."""
    names, delimiter, skip = header(text)
    keys = [plain(name) for name in names] if normal else names
    pieces = text.split("\n")
    at = sum(len(piece) + 1 for piece in pieces[: skip + 1])
    number = skip + 1
    while number < len(pieces):
        first, begin, quoted = number, at, pieces[number]
        while quoted.count('"') % 2 and number + 1 < len(pieces) and number - first < 200:
            number += 1
            quoted += "\n" + pieces[number]
        at += len(quoted) + 1
        number += 1
        if quoted.strip():
            cells = next(iter(csv.reader(quoted.rstrip("\r").splitlines(keepends=True), delimiter=delimiter)), [])
            yield Row(dict(zip(keys, cells, strict=False)), first + 1, begin, begin + len(quoted.rstrip("\r")))
