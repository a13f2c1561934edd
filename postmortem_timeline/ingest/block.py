"""One block of a line source: its records by format, what continues them, and what nobody could read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest import engines
from postmortem_timeline.ingest.detect import Plan
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.unwrap import inner_lines, overlay, select
from postmortem_timeline.parsing.batch import INHERITED, Batch, Spans
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.continuation import owners
from postmortem_timeline.parsing.text import Bools, Ints, Lines, Text, split_lines
from postmortem_timeline.parsing.timestamps import NAT

RECORD, CONTINUATION, BLANK, STRUCTURE, UNPARSED = range(5)
UNREAD = "unparsed"


@dataclass
class Block:
    """The events of one block, and its part of the ledger."""

    batches: list[Batch]
    entry: Entry
    offsets: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


def parse_block(data: bytes, plan: Plan, context: SourceContext, first_line: int = 1) -> Block:
    """Parse one block that starts at physical line `first_line`; every line gets a class."""
    lines = split_lines(Text.of(data))
    entry = Entry(context.source, plan.name, plan.confidence, plan.reason, lines=len(lines))
    blank = lines.blank()
    batches, claimed = records(lines, blank, plan, context)
    classes = np.where(blank, BLANK, UNPARSED)
    classes[_header_rows(lines, plan)] = STRUCTURE
    owner = owners(claimed, lines, blank | (classes == STRUCTURE), [f.continues for f in plan.formats])
    classes[owner >= 0] = CONTINUATION
    classes[claimed >= 0] = RECORD
    for batch in batches:
        _join_extents(batch, classes)
    _extend_bodies(batches, lines, owner)
    out: list[Batch] = []
    for batch in batches:
        out.extend(_unwrapped(batch, plan, context, classes))
    out = [b for b in out if len(b)]
    for batch in out:
        batch.line = batch.rows.astype(np.int64) + first_line
    out.extend(_unparsed(lines, classes, out, first_line))
    _count(entry, classes, out, lines)
    return Block(out, entry)


def records(lines: Lines, blank: Bools, plan: Plan, context: SourceContext) -> tuple[list[Batch], npt.NDArray[np.int32]]:
    """The batches of all formats of the plan, and for each line the number of the format that claimed it."""
    claimed = np.full(len(lines), -1, np.int32)
    batches: list[Batch] = []
    for number, fmt in enumerate(plan.formats):
        free = np.flatnonzero((claimed < 0) & ~blank)
        if not len(free):
            break
        if fmt is engines.GENERIC and batches:  # what continues a record is not a record of its own
            owner = owners(claimed, lines, blank, [f.continues for f in plan.formats[:number]])
            free = free[owner[free] < 0]
        for batch in engines.parse(fmt, lines.take(free), context):
            batch.rows = free[batch.rows]
            claimed[batch.rows] = number
            batches.append(batch)
    return batches, claimed


def _header_rows(lines: Lines, plan: Plan) -> npt.NDArray[np.intp]:
    """Lines that are structure, not records: a delimited file's header, wherever it is repeated, and `#` directives."""
    rows: list[int] = []
    if plan.header:
        from postmortem_timeline.parsing.delimited import header_of

        raw = [i for i in range(len(lines)) if i < 1]
        head = plan.header[0].encode()
        places = np.flatnonzero(lines.end - lines.start >= len(head)) if len(lines) else np.zeros(0, int)
        candidates = [int(i) for i in places if lines.text.slice(int(lines.start[i]), int(lines.start[i]) + len(head) + 1).lstrip(b'"').startswith(head)]
        for row in sorted({*raw, *candidates}):
            text = lines.text.slice(int(lines.start[row]), int(lines.end[row])).decode("utf-8", "replace")
            if header_of(text, plan.delimiter) == plan.header:
                rows.append(row)
    return np.array(rows, np.intp)


def _join_extents(batch: Batch, classes: npt.NDArray[np.int64]) -> None:
    """Rows that a format joined to the record before (quoted newlines) are continuation."""
    if batch.extent is not None:
        for row, taken in zip(batch.rows[batch.extent > 1].tolist(), batch.extent[batch.extent > 1].tolist()):
            classes[row + 1 : row + taken] = CONTINUATION


def _extend_bodies(batches: list[Batch], lines: Lines, owner: Ints) -> None:
    """Let the body of each continued record run to the end of its last line."""
    rows = np.flatnonzero(owner >= 0)
    if not len(rows):
        return
    last = np.zeros(len(lines), np.int64)
    np.maximum.at(last, owner[rows], lines.end[rows])
    for batch in batches:
        stop = last[batch.rows]
        if not (stop > 0).any() or not batch.has("body"):
            continue
        thunk = batch.thunks["body"]

        def body(thunk=thunk, stop=stop):  # type: ignore[no-untyped-def]
            span = thunk()
            if not isinstance(span, Spans) or span.text is not lines.text:
                return span
            end = np.where(stop > 0, stop, span.end)
            valid = None if span.valid is None else span.valid | (stop > 0)
            return Spans(span.text, span.start, end, valid)

        batch.thunks["body"] = body


def _unwrapped(batch: Batch, plan: Plan, context: SourceContext, classes: npt.NDArray[np.int64]) -> list[Batch]:
    """The batch itself, or the records that its records wrap, with what is left of it."""
    inner_plan = plan.inner.get(batch.format)
    wrapper = next((f for f in plan.formats if f.name == batch.format), None)
    if wrapper is None or wrapper.wraps is None:
        return [batch]
    wrapped = inner_lines(batch, wrapper)
    if wrapped is None:
        return [batch]
    gone = np.zeros(len(batch), bool)  # outer rows that are no records of their own
    for parts in wrapped.joined.values():
        gone[parts[1:]] = True
    if inner_plan is None:
        classes[batch.rows[gone]] = CONTINUATION
        return [_with_joined(batch, wrapped, wrapper, gone)]
    lines = wrapped.lines
    blank = lines.blank()
    batches, claimed = records(lines, blank, inner_plan, context)
    owner = owners(claimed, lines, blank, [f.continues for f in inner_plan.formats])
    gone[wrapped.outer[owner >= 0]] = True
    _extend_wrapped(batches, lines, owner)
    out: list[Batch] = []
    taken = gone.copy()
    for inner in batches:
        rows = wrapped.outer[inner.rows]
        taken[rows] = True
        inner_classes = classes.copy()
        for part in _unwrapped_inner(inner, inner_plan, context, inner_classes):
            out.append(overlay(select(batch, wrapped.outer[part.rows]), part, wrapper))
    classes[batch.rows[gone]] = CONTINUATION
    if not taken.all():
        out.append(select(_with_joined(batch, wrapped, wrapper, None), np.flatnonzero(~taken)))
    return out


def _unwrapped_inner(inner: Batch, plan: Plan, context: SourceContext, classes: npt.NDArray[np.int64]) -> list[Batch]:
    if inner.format not in plan.inner:
        return [inner]
    return _unwrapped(inner, plan, context, np.zeros(int(inner.rows.max()) + 1 if len(inner) else 0, np.int64))


def _with_joined(batch: Batch, wrapped, wrapper: Format, gone: Bools | None) -> Batch:  # type: ignore[no-untyped-def]
    """The batch with the texts of split lines joined in their first parts, the other parts left out."""
    if not wrapped.joined:
        return batch if gone is None else select(batch, np.flatnonzero(~gone))
    import pyarrow as pa

    from postmortem_timeline.parsing.batch import Strings

    texts = batch.arrow(wrapper.wraps or "body").to_pylist()  # type: ignore[union-attr]
    for first, parts in wrapped.joined.items():
        texts[first] = "".join(texts[p] or "" for p in parts)
    batch.thunks[wrapper.wraps or "body"] = lambda: Strings(pa.array(texts, pa.large_string()))
    batch.done.pop(wrapper.wraps or "body", None)
    return batch if gone is None else select(batch, np.flatnonzero(~gone))


def _extend_wrapped(batches: list[Batch], lines: Lines, owner: Ints) -> None:
    """As `_extend_bodies`, for inner lines, which do not lie next to each other in one buffer."""
    rows = np.flatnonzero(owner >= 0)
    if not len(rows):
        return
    import pyarrow as pa

    from postmortem_timeline.parsing.batch import Strings

    more: dict[int, list[str]] = {}
    for row in rows.tolist():
        more.setdefault(int(owner[row]), []).append(lines.text.slice(int(lines.start[row]), int(lines.end[row])).decode("utf-8", "replace"))
    for batch in batches:
        mine = [i for i, row in enumerate(batch.rows.tolist()) if row in more]
        if not mine or not batch.has("body"):
            continue
        texts = batch.arrow("body").to_pylist()  # type: ignore[union-attr]
        for i in mine:
            texts[i] = "\n".join([texts[i] or "", *more[int(batch.rows[i])]])
        batch.done["body"] = Strings(pa.array(texts, pa.large_string()))


def _unparsed(lines: Lines, classes: npt.NDArray[np.int64], batches: list[Batch], first_line: int) -> list[Batch]:
    """Lines that nobody could read, kept as events at the time of the record before (at the head: of the record after)."""
    rows = np.flatnonzero(classes == UNPARSED)
    if not len(rows):
        return []
    known = np.concatenate([b.rows for b in batches]) if batches else np.zeros(0, np.intp)
    times = np.concatenate([b.time_ns for b in batches]) if batches else np.zeros(0, np.int64)
    order = np.argsort(known, kind="stable")
    known, times = known[order], times[order]
    time_ns = np.full(len(rows), NAT, np.int64)
    if len(known):
        before = np.searchsorted(known, rows) - 1
        time_ns = times[np.maximum(before, 0)]
    out = Batch(UNREAD, "log", rows, time_ns, np.full(len(rows), INHERITED, np.int8))
    out.line = rows.astype(np.int64) + first_line
    out.thunks["body"] = lambda: Spans(lines.text, lines.start[rows], lines.end[rows])
    return [out]


def _count(entry: Entry, classes: npt.NDArray[np.int64], batches: list[Batch], lines: Lines) -> None:
    totals = np.bincount(classes, minlength=5)
    entry.records, entry.continuation, entry.blank = int(totals[RECORD]), int(totals[CONTINUATION]), int(totals[BLANK])
    entry.structure, entry.unparsed = int(totals[STRUCTURE]), int(totals[UNPARSED])
    entry.events = sum(len(b) for b in batches)
    for batch in batches:
        times = batch.time_ns[batch.time_ns != NAT]
        if len(times) and batch.format != UNREAD:
            first, last = int(times.min()), int(times.max())
            entry.first_ns = first if entry.first_ns == NAT else min(entry.first_ns, first)
            entry.last_ns = max(entry.last_ns, last)
    if entry.unparsed:
        row = int(np.flatnonzero(classes == UNPARSED)[0])
        entry.unparsed_example = lines.text.slice(int(lines.start[row]), int(min(lines.end[row], lines.start[row] + 120))).decode("utf-8", "replace")
