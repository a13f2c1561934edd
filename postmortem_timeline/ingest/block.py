"""One block of a line source: its records by format, what continues them, and what nobody could read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from postmortem_timeline.ingest.detect import Plan
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.records import header_rows, records
from postmortem_timeline.ingest.unwrapping import unwrapped
from postmortem_timeline.parsing.batch import INHERITED, Batch, Spans
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.continuation import owners
from postmortem_timeline.parsing.delimited import joined_rows
from postmortem_timeline.parsing.text import Ints, Lines, Text, split_lines
from postmortem_timeline.parsing.timestamps import NAT

RECORD, CONTINUATION, BLANK, STRUCTURE, UNPARSED = range(5)
UNREAD = "unparsed"
SHOWN = 120  # bytes of an unparsed line that the ledger shows

Classes = npt.NDArray[np.int64]


@dataclass
class Block:
    """The events of one block, and its part of the ledger."""

    batches: list[Batch]
    entry: Entry


def parse_block(data: bytes | memoryview, plan: Plan, context: SourceContext, first_line: int = 1) -> Block:
    """Parse one block that starts at physical line `first_line`; every line gets a class."""
    lines = split_lines(Text.of(data))
    entry = Entry(context.source, plan.name, plan.confidence, plan.reason, lines=len(lines))
    blank = lines.blank()
    batches, claimed = records(lines, blank, plan, context)
    classes = np.where(blank, BLANK, UNPARSED)
    classes[header_rows(lines, plan)] = STRUCTURE
    owner = owners(claimed, lines, blank | (classes == STRUCTURE), [f.continues for f in plan.formats])
    classes[owner >= 0] = CONTINUATION
    classes[claimed >= 0] = RECORD
    for batch in batches:
        classes[joined_rows(batch, len(lines))] = CONTINUATION
    _extend_bodies(batches, lines, owner)
    out: list[Batch] = []
    for batch in batches:
        parts, continuing = unwrapped(batch, plan, context)
        classes[batch.rows[continuing]] = CONTINUATION
        out.extend(part for part in parts if len(part))
    for batch in out:
        batch.line = batch.rows.astype(np.int64) + first_line
    out.extend(_unparsed(lines, classes, out, first_line))
    _count(entry, classes, out, lines)
    return Block(out, entry)


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


def _unparsed(lines: Lines, classes: Classes, batches: list[Batch], first_line: int) -> list[Batch]:
    """Lines that nobody could read, as events at the time of the record before (at the head: of the record after)."""
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


def _count(entry: Entry, classes: Classes, batches: list[Batch], lines: Lines) -> None:
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
        end = int(min(lines.end[row], lines.start[row] + SHOWN))
        entry.unparsed_example = lines.text.slice(int(lines.start[row]), end).decode("utf-8", "replace")
