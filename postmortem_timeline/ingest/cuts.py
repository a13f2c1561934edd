"""Where a text may be cut: before a record, and after all that may go on beyond the text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest import engines
from postmortem_timeline.ingest.detect import Plan
from postmortem_timeline.ingest.records import Claims, claims
from postmortem_timeline.ingest.unwrap import APART, Wrapped, inner_lines
from postmortem_timeline.ingest.unwrapping import continued, inner_owners, wrapper_of
from postmortem_timeline.parsing import delimited
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.continuation import owners, shapes
from postmortem_timeline.parsing.text import Bools, Lines, Text, split_lines

LOOK_BACK = 1 << 13  # bytes from the end that are looked at first


class _FurtherBack(Exception):
    """What is open at the end began before the lines that were looked at."""


def record_start(data: bytes, plan: Plan, context: SourceContext, begins: bool = True) -> int:
    """Where `data`, whole lines that begin with a record (if `begins`), may be cut: a record starts there, and what stands
    before it is the same whatever comes after `data`. 0 where no such place is known; its length where no format reads it."""
    if not plan.formats:
        return len(data)
    table = next((f for f in plan.formats if f.engine == "delimited"), None)
    if table is not None:
        return _cut_table(split_lines(Text.of(data)), table, plan, context)
    if last := _last_line(data, plan, context):
        return last
    reach = LOOK_BACK
    while True:
        base = data.find(b"\n", len(data) - reach) + 1 if reach < len(data) else 0
        if base == 0 and not begins:
            return 0
        try:
            place = _cut(split_lines(Text.of(data[base:])), plan, context, whole=base == 0)
        except _FurtherBack:
            place = None
        if place is not None:
            return base + place
        if base == 0:
            return 0
        reach *= 4


def _last_line(data: bytes, plan: Plan, context: SourceContext) -> int:
    """Where the last line starts, if it is plainly a record, and nothing in the source wraps or continues another; else 0."""
    if any(f.wraps or f.continues or f.engine != "dissect" for f in plan.formats):
        return 0
    place = data.rfind(b"\n", 0, len(data) - 1) + 1
    line = split_lines(Text.of(data[place:]))
    return place if len(plan.formats[0].layouts[0].match(line, context.dating).rows) else 0


def _cut_table(lines: Lines, table: Format, plan: Plan, context: SourceContext) -> int:
    """As `record_start`: a quote may be open at the end; which lines lie inside of quotes is known from the start."""
    heads, end = delimited.heads(table, lines, context)
    heads = heads[heads <= end]
    for rows in (64, 4096, len(heads)):
        first = int(heads[-min(rows, len(heads))])
        upto = np.arange(first, min(end + 1, len(lines)))
        place = _cut(lines.take(upto), plan, context, whole=first == 0)
        if place:
            return place
    return 0


def any_record(data: bytes, plan: Plan, context: SourceContext) -> bool:
    """Whether any line of `data` starts a record."""
    if not plan.formats:
        return True
    start, reach = 0, LOOK_BACK
    while start < len(data):
        end = data.find(b"\n", start + reach) + 1 or len(data)
        lines = split_lines(Text.of(data[start:end]))
        if (claims(lines, lines.blank(), plan, context) >= 0).any():
            return True
        start, reach = end, reach * 4
    return False


def _cut(lines: Lines, plan: Plan, context: SourceContext, whole: bool) -> int | None:
    """The place to cut within some last lines (`whole`: within all); None where they hold none."""
    blank = lines.blank()
    claimed = claims(lines, blank, plan, context)
    if not whole:
        claimed[: _sure_from(lines, blank, claimed, plan)] = -1
    starts = np.flatnonzero(claimed >= 0)
    if not len(starts):
        return None
    row, edges = int(starts[-1]), np.zeros(len(lines) + 1, np.int64)
    for number, fmt in enumerate(plan.formats):
        if fmt.wraps and (fmt.name in plan.inner or fmt.engine != "delimited"):
            mine = np.flatnonzero(claimed == number)
            for batch in engines.parse(fmt, lines.take(mine), context):
                batch.rows = mine[batch.rows]
                row = min(row, _open_from(batch, plan, context, edges, whole))
    starts = starts[np.cumsum(edges)[starts] == 0]
    if not len(starts):
        return 0 if whole else None
    row = int(starts[np.searchsorted(starts, row, side="right") - 1]) if row >= starts[0] else 0
    return int(lines.start[row]) if row or whole else None


def _sure_from(lines: Lines, blank: Bools, claimed: Claims, plan: Plan) -> int:
    """The row before which the generic reader may have claimed what continues a record that starts further back."""
    if len(plan.formats) < 2 or engines.GENERIC not in plan.formats:
        return 0
    generic = plan.formats.index(engines.GENERIC)
    continues = tuple(sorted({kind for f in plan.formats for kind in f.continues}))
    known = (claimed >= 0) & (claimed != generic)
    found = np.flatnonzero(known | (~blank & ~shapes(lines, continues)))
    return int(found[0]) if len(found) else len(lines)


def _open_from(batch: Batch, plan: Plan, context: SourceContext, edges: npt.NDArray[np.int64], whole: bool) -> int:
    """The first line on which a record lies that wrapped lines after the end may continue; the end where there is none.

    `edges` (one a line, and the end) is raised where the inside of a wrapped record begins, and lowered where it ends:

        stdout  failed  |                    1: a record of stderr starts here, and yet nothing may be cut
        stderr          | 1  other
        stdout          | 1  Traceback ...
        stderr          | 0  another
    """
    end = len(edges) - 1
    wrapper = wrapper_of(batch, plan)
    if wrapper is None:
        return end
    inner = plan.inner.get(wrapper.name, Plan())
    wrapped = inner_lines(batch, wrapper, wrapper.name in plan.newlines, continued(inner))
    if wrapped is None or not len(wrapped.lines):
        return end
    _raise(edges, batch.rows[wrapped.outer], batch.rows[wrapped.last])
    if not wrapped.unfinished.any() and not continued(inner):
        return end
    lines, blank = wrapped.lines, wrapped.lines.blank()
    claimed = claims(lines, blank, inner, context)
    rows = batch.rows[wrapped.outer]
    owner = inner_owners(claimed, wrapped, blank, inner)
    more = np.flatnonzero(owner >= 0)
    _raise(edges, rows[owner[more]], batch.rows[wrapped.last[more]])
    row = end
    if not whole:
        _raise_heads(edges, wrapped, batch, claimed, blank, inner)
    for first, last in _segments(wrapped, batch, end):
        row = min(row, _open_of_stream(slice(first, last + 1), wrapped, claimed, blank, inner, rows, whole, end))
    for number, fmt in enumerate(inner.formats):
        if fmt.wraps:
            mine = np.flatnonzero(claimed == number)
            for deeper in engines.parse(fmt, lines.take(mine), context):
                deeper.rows = rows[mine[deeper.rows]]
                row = min(row, _open_from(deeper, inner, context, edges, whole))
    return row


def _raise(edges: npt.NDArray[np.int64], first: npt.NDArray[np.intp], last: npt.NDArray[np.intp]) -> None:
    """Mark the lines after each `first` up to `last`."""
    np.add.at(edges, first + 1, 1)
    np.add.at(edges, last + 1, -1)


def _raise_heads(
    edges: npt.NDArray[np.int64], wrapped: Wrapped, batch: Batch, claimed: Claims, blank: Bools, plan: Plan
) -> None:
    """Mark the lines up to the last with which a stream may continue a record from before the lines looked at."""
    kinds = tuple(sorted({kind for f in plan.formats for kind in f.continues}))
    opens = np.flatnonzero(wrapped.apart)
    ends = np.append(opens[1:], len(wrapped.lines))
    for first, end in zip(opens.tolist(), ends.tolist(), strict=True):
        rows = np.arange(first, end)
        stops = (claimed[rows] >= 0) | ~(blank[rows] | shapes(wrapped.lines.take(rows), kinds))
        count = int(stops.argmax()) if stops.any() else len(rows)
        if count:
            edges[0] += 1
            edges[int(batch.rows[wrapped.last[first + count - 1]]) + 1] -= 1


def _segments(wrapped: Wrapped, batch: Batch, end: int) -> list[tuple[int, int]]:
    """First and last inner line of each stream's last stretch, of streams that may still go on."""
    first = np.flatnonzero(wrapped.apart)
    last = np.append(first[1:], len(wrapped.lines)) - 1
    recent = end - batch.rows[wrapped.last[last]] <= APART
    return list(zip(first[recent].tolist(), last[recent].tolist(), strict=True))


def _open_of_stream(
    part: slice, wrapped: Wrapped, claimed: Claims, blank: Bools, plan: Plan,
    rows: npt.NDArray[np.intp], whole: bool, end: int,
) -> int:  # fmt: skip
    """The line on which the record of one stream starts that is open at its end; `end` where none is."""
    lines = wrapped.lines.take(np.arange(len(wrapped.lines))[part])
    said, free = claimed[part].copy(), blank[part].copy()
    unfinished = bool(wrapped.unfinished[part][-1])
    if unfinished:  # not known yet: it may be a record, or continue one
        said[-1], free[-1] = -1, True
    open_from = int(rows[part][-1]) if unfinished else end
    starts = np.flatnonzero(said >= 0)
    after = np.arange(len(said)) > (starts[-1] if len(starts) else -1)
    owner = owners(said, lines, free, [f.continues for f in plan.formats])
    if len(starts):
        closed = bool((after & ~free & (owner < 0)).any()) or not plan.formats[said[starts[-1]]].continues
        return open_from if closed else min(open_from, int(rows[part][starts[-1]]))
    continues = tuple(sorted({kind for f in plan.formats for kind in f.continues}))
    if not whole and (free | shapes(lines, continues)).all():
        raise _FurtherBack
    return open_from
