"""A cheap look at lines before layouts are walked: most layouts cannot fit by how a line begins or what it lacks."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from postmortem_timeline.formats.model import Format
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.dissect import Layout
from postmortem_timeline.parsing.text import Bools, Lines
from postmortem_timeline.parsing.timestamps import TimeFormat

SEEN = 48  # bytes from the start of a line that are looked at
LONGEST_STAMP = 32
CLASSES = bytes(48 if 48 <= b <= 57 else 97 if 65 <= b <= 90 or 97 <= b <= 122 else b for b in range(256))
FIXED = {
    "Y": "0000", "y": "00", "m": "00", "d": "00", "H": "00", "M": "00", "S": "00", "I": "00", "j": "000",
    "b": "aaa", "a": "aaa",
}  # fmt: skip


class Glance:
    """Some lines by the shape of their beginnings (digits and letters alike), and all of their text."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        ends = np.minimum(lines.end, lines.start + SEEN)
        places = zip(lines.start.tolist(), ends.tolist(), strict=True)
        heads = [lines.text.slice(start, end).translate(CLASSES) for start, end in places]
        self.heads = sorted(set(heads))
        number = {head: i for i, head in enumerate(self.heads)}
        self.codes = np.array([number[head] for head in heads], np.int64)
        whole = zip(lines.start.tolist(), lines.end.tolist(), strict=True)
        self.text = b"\n".join(lines.text.slice(start, end) for start, end in whole)
        self.literals: dict[bytes, bool] = {}

    def claims(
        self, fmt: Format, context: SourceContext, layouts: tuple[Layout, ...] | None = None
    ) -> tuple[Bools, int]:
        """As `layouts.claims`, of the layouts that may fit and the lines that may fit them; and how particular these are.

        `layouts` are those that may fit, where more is known of them.
        """
        taken, particular = np.zeros(len(self.lines), bool), 0
        for layout in fmt.layouts if layouts is None else layouts:
            rows = np.flatnonzero(self.may_fit(layout) & ~taken)
            if len(rows):
                fit = rows[layout.match(self.lines.take(rows), context.dating).rows]
                taken[fit] = True
                particular += len(fit) * fmt.specificity_of(layout)
        return taken, particular // max(int(taken.sum()), 1)

    def may_fit(self, layout: Layout) -> Bools:
        """The lines that begin as the layout does, where all that it spells out stands somewhere in the text."""
        if not all(self.holds(piece.literal) for piece in layout.pieces if piece.literal):
            return np.zeros(len(self.lines), bool)
        begins = _beginning(layout.source, tuple(sorted(layout.times.items())))
        return np.array([begins.match(head) is not None for head in self.heads], bool)[self.codes]

    def holds(self, literal: bytes) -> bool:
        if literal not in self.literals:
            self.literals[literal] = literal in self.text
        return self.literals[literal]


@lru_cache(maxsize=4096)
def _beginning(source: str, times: tuple[tuple[str, tuple[TimeFormat, ...]], ...]) -> re.Pattern[bytes]:
    """What the beginning of a line must be like, as far as the layout's first pieces say."""
    from postmortem_timeline.parsing.dissect import compile_layout

    pattern, length = "", 0
    for piece in compile_layout("", source, dict(times), {}).pieces:
        length += len(piece.literal) + piece.width + (LONGEST_STAMP if piece.kind == "time" else 0)
        if length > SEEN:
            break
        if piece.literal:
            pattern += _classed(piece.literal)
        elif piece.kind == "blanks":
            break  # there may be more of them than are seen
        elif piece.width:
            pattern += f".{{{piece.width}}}"
        elif piece.kind == "time":
            shapes = [_shape(fmt) for fmt in dict(times)[piece.name]]
            pattern += "(?:" + "|".join(shape for shape, _ in shapes) + ")"
            if not all(whole for _, whole in shapes):
                break
        else:
            pattern += {"int": "0", "num": "[-+.0a]", "level": "[a0]", "word": "[^ ]"}.get(piece.kind, "")
            break
    return re.compile(pattern.encode("latin-1"), re.DOTALL)


def _classed(literal: bytes) -> str:
    return "".join(re.escape(chr(byte)) for byte in literal.translate(CLASSES))


def _shape(fmt: TimeFormat) -> tuple[str, bool]:
    """The shape of a stamp, and whether that is all of it."""
    out = ""
    for what, value in fmt.steps:
        if what == "literal":
            out += _classed(value)
        elif (name := value.decode()) in FIXED:
            out += FIXED[name]
        elif name == "e":
            out += "[ 0]0"
        else:
            return out, False
    return out, True
