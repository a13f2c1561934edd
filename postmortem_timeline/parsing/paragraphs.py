r"""The engine of records of several lines: each begins on a line of a known shape and runs up to the next such line.

    # Time: 2025-07-15T15:42:03.412Z       starts[0]: a record begins
    # User@Host: shop[shop] @ [10.0.4.11]  starts[1]: goes on with the record, right behind a line of an earlier shape
    # Query_time: 5.1 ...
    SELECT 1;
    # User@Host: shop[shop] @ [10.0.4.11]  starts[1] by itself: the next record

The layouts of such a format hold line ends, and are walked over whole records.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing import layouts
from postmortem_timeline.parsing.batch import Batch, Spans, Strings
from postmortem_timeline.parsing.branches import match_all
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Bools, Lines, Text

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format


NEWLINE = 10


def starts(fmt: Format, lines: Lines, context: SourceContext) -> npt.NDArray[np.intp]:
    """The rows on which records begin."""
    shape = np.full(len(lines), -1)
    for number, layout in enumerate(fmt.starts):
        free = np.flatnonzero(shape < 0)
        shape[free[layout.match(lines.take(free), context.dating).rows]] = number
    goes_on = np.zeros(len(lines), bool)
    goes_on[1:] = (shape[:-1] >= 0) & (shape[1:] > shape[:-1]) & (np.diff(lines.number) == 1)
    return np.flatnonzero((shape >= 0) & ~goes_on)


def whole(
    fmt: Format, lines: Lines, context: SourceContext
) -> tuple[Lines, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Records as lines of their own, each with its line ends inside; the first row of each, and the last."""
    first = starts(fmt, lines, context)
    gaps = np.flatnonzero(np.diff(lines.number) != 1) + 1  # what other formats have taken ends a record, too
    edges = np.append(np.union1d(first, gaps), len(lines))
    last = edges[np.searchsorted(edges, first, side="right")] - 1
    filled = np.maximum.accumulate(np.where(lines.blank(), 0, np.arange(len(lines)))) if len(lines) else last
    last = np.maximum(filled[last], first)
    inside = np.zeros(len(lines) + 1, np.int64)
    np.add.at(inside, first, 1)
    np.add.at(inside, last, -1)
    ends = lines.end[np.flatnonzero(np.cumsum(inside)[:-1] > 0)]
    if (lines.text.buf[ends] == NEWLINE).all():
        return Lines(lines.text, lines.start[first], lines.end[last], lines.number[first]), first, last
    return _copied(lines, first, last), first, last


def _copied(lines: Lines, first: npt.NDArray[np.intp], last: npt.NDArray[np.intp]) -> Lines:
    """Records in a text of their own, where their lines do not lie behind each other (they were wrapped)."""
    texts = []
    for begin, end in zip(first.tolist(), last.tolist(), strict=True):
        rows = range(begin, end + 1)
        texts.append(b"\n".join(lines.text.slice(int(lines.start[row]), int(lines.end[row])) for row in rows))
    length = np.fromiter(map(len, texts), np.int64, len(texts))
    end_of = np.cumsum(length)
    return Lines(Text.of(b"".join(texts)), end_of - length, end_of, lines.number[first])


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines start a record of the format."""
    taken = np.zeros(len(lines), bool)
    records, first, _ = whole(fmt, lines, context)
    for match in match_all(fmt.branches, records, context.dating):
        taken[first[match.rows]] = True
    return taken


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """A batch for each layout that fits some records; rows refer to `lines`, of which each record takes several."""
    records, first, last = whole(fmt, lines, context)
    for match in match_all(fmt.branches, records, context.dating):
        out = layouts.batch(fmt, match.layout, match, records, match.rows, context)
        out.rows = first[match.rows]
        out.extent = (last - first + 1)[match.rows]
        _close(out)
        yield out


def _close(batch: Batch) -> None:
    """Let the body be what its layout says: it does not run on to the end of the record's last line."""
    body = batch.column("body")
    if isinstance(body, Spans):
        batch.done["body"] = Strings(body.arrow())
        batch.thunks["body"] = lambda: batch.done["body"]
