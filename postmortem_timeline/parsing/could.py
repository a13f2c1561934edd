"""Whether a single line may fit a layout: the walk of `dissect` for one line, a little more lenient, and cheap to say no."""

from __future__ import annotations

import re

from postmortem_timeline.parsing.dissect import Layout, Piece
from postmortem_timeline.parsing.timestamps import TimeFormat

SHAPES = {
    "Y": r"\d{4}", "y": r"\d\d", "m": r"\d\d", "d": r"\d\d", "H": r"\d\d", "M": r"\d\d", "S": r"\d\d", "I": r"\d\d",
    "e": r"[ \d]\d", "j": r"\d{3}", "b": r"[A-Za-z]{3}", "a": r"[A-Za-z]{3}", "B": r"[A-Za-z]{3,9}", "A": r"[A-Za-z]{3,9}",
    "f": r"\d{1,9}", ".f": r"(?:[.,]\d{1,9})?", "z": r"(?:[Zz]|[+-]\d\d:?(?:[0-5]\d)?)", "Z": r"(?:[A-Za-z]{1,8}|[+-][A-Za-z0-9:]{0,7})",
    "s": r"\d{9,19}(?:\.\d{1,9})?", "p": r"[AaPp][Mm]", "-d": r"\d\d?", "-m": r"\d\d?", "-I": r"\d\d?", "-H": r"\d\d?",
}  # fmt: skip
HOLDS = {
    "int": re.compile(rb"[0-9]+\Z"), "num": re.compile(rb"[-+.0-9eE]+\Z"), "word": re.compile(rb"[^ ]+\Z"),
    "level": re.compile(rb"\S"),
}  # fmt: skip


def could_match(layout: Layout, line: bytes) -> bool:
    """False only where the layout does not fit the line."""
    return _from(layout, 0, line, 0)


def ends_of_first(layout: Layout, line: bytes, known: dict[str, int]) -> list[int]:
    """Where the first piece of a layout, a literal or a time, may end in a line: the same for all that begin so.

    `known` is where stamps at the beginning of the line end, by their patterns, as far as that was asked before.
    """
    piece = layout.pieces[0]
    if piece.literal:
        return [len(piece.literal)] if line.startswith(piece.literal) else []
    ends: list[int] = []
    for fmt in layout.times[piece.name]:
        end = known.get(fmt.pattern)
        if end is None:
            end = known[fmt.pattern] = max(_ends((fmt,), line, 0), default=-1)
        if end >= 0 and end not in ends:
            ends.append(end)
    return ends


def could_go_on(layout: Layout, line: bytes, ends: list[int]) -> bool:
    """As `could_match`, where the first piece is known to end."""
    return any(_from(layout, 1, line, end) for end in ends)


def _from(layout: Layout, first: int, line: bytes, at: int) -> bool:
    pieces = layout.pieces
    for number in range(first, len(pieces)):
        piece = pieces[number]
        if piece.literal:
            if not line.startswith(piece.literal, at):
                return False
            at += len(piece.literal)
        elif piece.kind == "blanks":
            while line[at : at + 1] == b" ":
                at += 1
        elif piece.kind == "time":
            ends = _ends(layout.times[piece.name], line, at)
            return any(_from(layout, number + 1, line, end) for end in ends)
        elif piece.width:
            at += piece.width
            if at > len(line):
                return False
        elif piece.last:
            return _in_order(pieces[number + 1 :], line, at)
        else:
            stop = _stop(piece, pieces[number + 1] if number + 1 < len(pieces) else None, line, at)
            if stop < 0 or (piece.kind in HOLDS and not HOLDS[piece.kind].match(line[at:stop])):
                return False
            at = stop
    return at == len(line)


def _stop(piece: Piece, after: Piece | None, line: bytes, at: int) -> int:
    """Where a field that runs to what follows it ends; -1 where that is missing."""
    if after is None:
        return len(line)
    if after.literal:
        return line.find(after.literal, at)
    stop = line.find(b" ", at)
    return len(line) if stop < 0 else stop


def _in_order(tail: tuple[Piece, ...], line: bytes, at: int) -> bool:
    for piece in tail:
        if piece.literal:
            at = line.find(piece.literal, at)
            if at < 0:
                return False
            at += len(piece.literal)
    return True


def _ends(formats: tuple[TimeFormat, ...], line: bytes, at: int) -> list[int]:
    ends: list[int] = []
    for fmt in formats:
        pattern = _PATTERNS.get(fmt.pattern) or _compiled(fmt)
        match = pattern.match(line, at)
        if match and match.end() not in ends:
            ends.append(match.end())
    return ends


def _compiled(fmt: TimeFormat) -> re.Pattern[bytes]:
    parts = [re.escape(value.decode("latin-1")) if what == "literal" else SHAPES[value.decode()] for what, value in fmt.steps]
    _PATTERNS[fmt.pattern] = re.compile("".join(parts).encode("latin-1"))
    return _PATTERNS[fmt.pattern]


_PATTERNS: dict[str, re.Pattern[bytes]] = {}
