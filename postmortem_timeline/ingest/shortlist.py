"""The formats that may fit some lines, told from a few of the lines, one of each kind: most formats are out at once."""

from __future__ import annotations

import re

from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest.glance import CLASSES
from postmortem_timeline.parsing.could import could_match
from postmortem_timeline.parsing.dissect import Layout
from postmortem_timeline.parsing.text import Lines

SEEN = 40  # bytes by which kinds of lines are told apart
MOST = 24  # kinds that are looked at
TWICE = 4  # of the most common kinds two lines are looked at: their ends may differ
LONGEST = 4096  # bytes of a line that are looked at whole; of a longer one nothing is said
RUNS = re.compile(rb"([a0])\1+")  # of letters and of digits, each of a class


class Shortlist:
    """A few lines of a source: of each kind that is common the first, and of some the last."""

    def __init__(self, lines: Lines) -> None:
        heads: dict[bytes, list[int]] = {}
        for row, (start, end) in enumerate(zip(lines.start.tolist(), lines.end.tolist(), strict=True)):
            heads.setdefault(lines.text.slice(start, min(end, start + SEEN)).translate(CLASSES), []).append(row)
        kinds: dict[bytes, list[int]] = {}
        for head, found in heads.items():
            kinds.setdefault(RUNS.sub(rb"\1", head), []).extend(found)
        common = sorted(kinds.values(), key=lambda rows: -len(rows))[:MOST]
        rows = sorted({min(some) for some in common} | {max(some) for some in common[:TWICE]})
        self.few = [lines.text.slice(int(lines.start[row]), int(lines.end[row])) for row in rows]
        self.long = any(len(line) > LONGEST for line in self.few)
        self.few = [line for line in self.few if len(line) <= LONGEST]
        self.text = b"\n".join(self.few)
        self.literals: dict[bytes, bool] = {}

    def admits(self, fmt: Format) -> bool:
        """Whether the format may fit some line; of engines that tell so quickly themselves nothing is said."""
        if self.long:
            return True
        if fmt.engine in ("dissect", "paragraphs"):
            return any(self._may_fit(layout) for layout in fmt.starts or fmt.layouts)
        if fmt.engine == "delimited" and (fields := fmt.match.get("fields")):
            return self._wide(len(fields) // 2, fmt.match.get("delimiter", ","))
        if fmt.engine == "w3c" and not self._holds(b"#Fields") and not self._holds(b"#Software"):
            return any(self._wide(len(names.split()), " \t,") for names in fmt.match.get("fields", ()))
        return True

    def _wide(self, columns: int, delimiters: str) -> bool:
        """Whether some line may be cut into so many columns."""
        return any(sum(map(line.count, delimiters.encode())) >= columns - 1 for line in self.few)

    def _may_fit(self, layout: Layout) -> bool:
        for piece in layout.pieces:
            if piece.literal and not self._holds(piece.literal):
                return False
        return any(could_match(layout, line) for line in self.few)

    def _holds(self, literal: bytes) -> bool:
        known = self.literals.get(literal)
        if known is None:
            known = self.literals[literal] = literal in self.text
        return known
