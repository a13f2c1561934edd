"""Cuts a decoded stream into blocks that begin at record starts, so that no record is torn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from postmortem_timeline.ingest import engines
from postmortem_timeline.ingest.decode import CHUNK, Stream, clean
from postmortem_timeline.ingest.detect import Plan
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Text, split_lines

LOOK_BACK = 1 << 16
MOST_HELD = 256 << 20  # a record that never ends is cut after all


@dataclass(frozen=True)
class RawBlock:
    """Bytes of whole records, and the number of the physical line on which they start."""

    data: bytes
    first_line: int


def blocks(stream: Stream, plan: Plan, context: SourceContext, size: int = CHUNK) -> Iterator[RawBlock]:
    """The blocks of a stream, about `size` bytes each; `size` changes nothing but memory."""
    held: list[bytes] = []
    first_line = 1
    for piece in stream.pieces(size):
        cut = piece.rfind(b"\n") + 1
        if not cut:
            held.append(piece)
            continue
        whole = clean(b"".join([*held, piece[:cut]]) if held else piece[:cut])
        place = record_start(whole, plan, context)
        if place == 0 and len(whole) < MOST_HELD:
            held = [whole, piece[cut:]]
            continue
        place = place or len(whole)
        data = whole[:place]
        yield RawBlock(data, first_line)
        first_line += data.count(b"\n")
        held = [whole[place:], piece[cut:]]
    rest = clean(b"".join(held))
    if rest:
        yield RawBlock(rest, first_line)


def record_start(data: bytes, plan: Plan, context: SourceContext) -> int:
    """Where the last record of `data` starts that may go on beyond it; its whole length where records are single lines."""
    if not any(f.continues for f in _all_formats(plan)) and not any(f.wraps or f.engine == "delimited" for f in plan.formats):
        return len(data)
    reach = LOOK_BACK
    while True:
        base = max(len(data) - reach, 0)
        base = data.find(b"\n", base) + 1 if base else 0
        lines = split_lines(Text.of(data[base:]))
        free = np.arange(len(lines))
        starts = np.zeros(len(lines), bool)
        for fmt in plan.formats:
            if len(free):
                mine = engines.claims(fmt, lines.take(free), context)
                starts[free[mine]] = True
                free = free[~mine]
        wrappers = any(f.wraps for f in plan.formats)
        found = np.flatnonzero(starts)
        if len(found) and not wrappers:
            return base + int(lines.start[found[-1]])
        if len(found) and wrappers:
            place = _inner_start(lines.take(found), plan, context)
            if place is not None:
                return base + place
        if base == 0:
            return 0
        reach *= 4


def _inner_start(lines, plan: Plan, context: SourceContext) -> int | None:  # type: ignore[no-untyped-def]
    """Where wrapped lines may be cut: before the last wrapper line whose inner line starts a record (or where none wraps any)."""
    from postmortem_timeline.ingest.unwrap import inner_lines

    best: int | None = None
    for fmt in plan.formats:
        for batch in engines.parse(fmt, lines, context):
            starts = np.ones(len(batch), bool)
            inner = plan.inner.get(fmt.name)
            if inner is not None and any(f.continues for f in inner.formats):
                wrapped = inner_lines(batch, fmt)
                assert wrapped is not None
                mine = np.zeros(len(wrapped.lines), bool)
                for inner_fmt in inner.formats:
                    mine |= engines.claims(inner_fmt, wrapped.lines, context)
                starts[:] = False
                starts[wrapped.outer[mine]] = True
            rows = np.flatnonzero(starts)
            if len(rows):
                place = int(lines.start[batch.rows[rows[-1]]])
                best = place if best is None else max(best, place)
    return best


def _all_formats(plan: Plan):  # type: ignore[no-untyped-def]
    for fmt in plan.formats:
        yield fmt
    for inner in plan.inner.values():
        yield from _all_formats(inner)
