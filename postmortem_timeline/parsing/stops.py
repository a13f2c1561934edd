"""Where lines leave a layout that does not fit them: walked piece by piece, for people who write formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from postmortem_timeline.parsing.dissect import Layout, Piece
from postmortem_timeline.parsing.text import Lines

REST = Piece(name="\0rest")
SHOWN = 40


@dataclass(frozen=True)
class Stop:
    """The piece of a layout at which most lines stop, the first of them, and what stands there instead."""

    layout: str
    piece: str
    passed: int  # how particular the pieces before it are
    lines: int
    first: int  # row
    text: str


def stop(layout: Layout, lines: Lines) -> Stop | None:
    """Where most of the lines that `layout` does not fit leave it; None where it fits all."""
    alive, at, before = np.arange(len(lines)), lines.start, lines.start
    best: Stop | None = None
    passed = 0
    for piece, prefix, checks in _steps(layout):
        match = prefix.match(lines.take(alive))
        gone = np.setdiff1d(np.arange(len(alive)), match.rows)
        if len(gone) and (best is None or len(gone) >= best.lines):
            row, here = int(alive[gone[0]]), int((before if checks else at)[gone[0]])
            text = lines.text.slice(here, int(min(lines.end[row], here + SHOWN))).decode("utf-8", "replace")
            best = Stop(layout.name, piece, passed, len(gone), row, text)
        rest = match.spans.get(REST.name)
        before, alive, passed = at[match.rows], alive[match.rows], prefix.specificity
        at = rest.start if rest is not None else before
        if not len(alive):
            break
    return best


def _steps(layout: Layout) -> Iterator[tuple[str, Layout, bool]]:
    """Ever longer beginnings of a layout, each with the piece that it adds; the last is the layout itself.

    A field is first found by the literal that ends it, then (true) checked for what it holds.
    """
    pieces = layout.pieces
    greedy = next((i for i, piece in enumerate(pieces) if piece.last), len(pieces))
    for i, piece in enumerate(pieces[:greedy]):
        after = pieces[i + 1] if i + 1 < len(pieces) else None
        if not _open(piece):
            if piece.kind != "blanks" and not (i and _open(pieces[i - 1])):
                yield shown(piece), replace(layout, pieces=(*pieces[: i + 1], REST)), False
        elif after is not None and after.literal:
            loose = replace(piece, kind="any")
            yield shown(after), replace(layout, pieces=(*pieces[:i], loose, after, REST)), False
            if piece.kind != "any":
                yield shown(piece), replace(layout, pieces=(*pieces[: i + 2], REST)), True
    yield shown(pieces[greedy if greedy < len(pieces) else -1]), layout, False


def _open(piece: Piece) -> bool:
    """Whether a piece is a field that runs to what follows it, so that the two are looked for together."""
    return bool(piece.name) and piece.kind != "time" and not piece.width


def shown(piece: Piece) -> str:
    """A piece as the layout writes it."""
    if piece.literal:
        return repr(piece.literal.decode("utf-8", "replace"))
    if piece.kind == "blanks":
        return "{>}"
    kind = f":{piece.width}" if piece.width else "" if piece.kind in ("any", "time") else f":{piece.kind}"
    return "{" + piece.name + ("*" if piece.last else "") + kind + "}"
