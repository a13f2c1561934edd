"""The formats that may fit some lines, told from all of few lines, or of many from one of each kind: most are out at once."""

from __future__ import annotations

import re

from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest.glance import CLASSES
from postmortem_timeline.ingest.sieve import Fits, fits
from postmortem_timeline.parsing.dissect import Layout
from postmortem_timeline.parsing.text import Lines

SEEN = 40  # bytes by which kinds of lines are told apart
FEW = 40  # lines that are all looked at, the same line counted once
MOST = 24  # kinds that are looked at
TWICE = 4  # of the most common kinds two lines are looked at: their ends may differ
LONGEST = 4096  # bytes of a line that are looked at whole; of a longer one among many nothing is said
RUNS = re.compile(rb"([a0])\1+")  # of letters and of digits, each of a class
DAY_FIRST = re.compile(rb'[ "]*\d{4}-\d\d-\d\d')


class Shortlist:
    """A few lines of a source: all of them (`whole`), or of each kind that is common the first, and of some the last."""

    def __init__(self, lines: Lines) -> None:
        places = zip(lines.start.tolist(), lines.end.tolist(), strict=True)
        raw = [lines.text.slice(start, end) for start, end in places]
        distinct = list(dict.fromkeys(raw))
        self.whole = len(distinct) <= FEW
        self.few = distinct if self.whole else _of_each_kind(raw)
        self.long = not self.whole and any(len(line) > LONGEST for line in self.few)
        self.fits = Fits() if self.long else fits(self.few)

    def admits(self, fmt: Format) -> bool:
        """Whether the format may fit some line; of engines that tell so quickly themselves nothing is said."""
        if self.long:
            return True
        if fmt.engine in ("dissect", "paragraphs"):
            return fmt.name in self.fits.formats
        if fmt.engine == "delimited" and (fields := fmt.match.get("fields")):
            return self._wide(len(fields) // 2, fmt.match.get("delimiter", ","))
        if fmt.engine == "w3c" and not any(b"#Fields" in line or b"#Software" in line for line in self.few):
            return any(self._may_stand_under(names) for names in fmt.match.get("fields", ()))
        return True

    def layouts_of(self, fmt: Format) -> tuple[Layout, ...]:
        """The format's layouts that may fit some line."""
        return tuple(one for one in fmt.layouts if id(one) in self.fits.layouts) if self.whole else fmt.layouts

    def _may_stand_under(self, names: str) -> bool:
        """Whether some line may have the cells of a header."""
        count, dated = len(names.split()), names.startswith("date")
        return any(_cells(line, count) and (not dated or DAY_FIRST.match(line)) for line in self.few)

    def _wide(self, columns: int, delimiters: str) -> bool:
        """Whether some line may be cut into so many columns."""
        return any(sum(map(line.count, delimiters.encode())) >= columns - 1 for line in self.few)


def _cells(line: bytes, count: int) -> bool:
    """Whether a line may be cut into so many cells, between tabs, commas or any number of blanks; quotes hold some together."""
    most = line.count(b" ") + line.count(b"\t") + line.count(b",") + 1
    least = 1 if b'"' in line or b"," in line or b"\t" in line else len(line.split(b" ")) - line.count(b"  ")
    return least <= count <= most


def _of_each_kind(lines: list[bytes]) -> list[bytes]:
    heads: dict[bytes, list[int]] = {}
    for row, line in enumerate(lines):
        heads.setdefault(line[:SEEN].translate(CLASSES), []).append(row)
    kinds: dict[bytes, list[int]] = {}
    for head, found in heads.items():
        kinds.setdefault(RUNS.sub(rb"\1", head), []).extend(found)
    common = sorted(kinds.values(), key=lambda rows: -len(rows))[:MOST]
    rows = sorted({min(some) for some in common} | {max(some) for some in common[:TWICE]})
    return [lines[row] for row in rows]
