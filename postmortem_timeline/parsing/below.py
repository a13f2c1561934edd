"""Records of several lines of which the first does not say all: the level or the outcome stands under it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing import decode, layouts
from postmortem_timeline.parsing.batch import Batch, Coded, Column, Numbers, Spans
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.dissect import Layout, Span
from postmortem_timeline.parsing.text import Lines

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

Rows = npt.NDArray[np.intp]
TEXTS = ("body", "severity_text", "user", "client", "trace_id", "correlation_key")


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """As `layouts.parse`; what the lines under a record's first line say wins over what the first line said.

    `below` is the layout of the very next line, `later` that of any line before the next record.
    """
    batches = list(layouts.parse(fmt, lines, context))
    starts = np.zeros(len(lines) + 1, bool)
    for batch in batches:
        starts[batch.rows] = True
    for batch in batches:
        if fmt.below is not None:
            _overlay(batch, fmt, fmt.below, *_next_lines(batch, lines, starts), lines)
        if fmt.later is not None:
            _overlay(batch, fmt, fmt.later, *_later_lines(batch, lines, starts), lines)
        yield batch


def _next_lines(batch: Batch, lines: Lines, starts: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """The line right under each record that has one, and the record's row in the batch."""
    under = np.minimum(batch.rows + 1, len(lines) - 1)
    own = (under > batch.rows) & ~starts[under] & (lines.number[under] == lines.number[batch.rows] + 1)
    return under[own], np.flatnonzero(own)


def _later_lines(batch: Batch, lines: Lines, starts: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Every line between a record and the next one, and the record's row in the batch."""
    last = np.maximum.accumulate(np.where(starts[: len(lines)], np.arange(len(lines)), -1))
    place = np.full(len(lines) + 1, -1, np.int64)
    place[batch.rows] = np.arange(len(batch))
    rows = np.flatnonzero(~starts[: len(lines)] & (last >= 0) & (place[last] >= 0))
    return rows, place[last[rows]]


def _overlay(batch: Batch, fmt: Format, layout: Layout, under: Rows, owner: Rows, lines: Lines) -> None:
    """Give records the columns that `layout` finds on the lines `under` them; of several lines of one the first counts."""
    match = layout.match(lines.take(under))
    owners, first = np.unique(owner[match.rows], return_index=True)
    if not len(owners):
        return
    for name, span in match.spans.items():
        found = Span(span.start[first], span.end[first])
        column = next((c for c, spec in fmt.columns.items() if name in spec.fields), name)
        if column in TEXTS:
            texts = _spread(batch, column, lines, owners, found)
            batch.thunks[column] = lambda texts=texts: texts  # type: ignore[misc]
            if column == "severity_text":
                batch.thunks["severity_number"] = lambda texts=texts: _severities(texts, fmt.scale)  # type: ignore[misc]
            batch.bare = batch.bare and column != "body"
        elif column in ("status_code", "duration_ms"):
            texts = _spread(batch, "", lines, owners, found)
            unit = fmt.columns[column].unit(name)
            batch.thunks[column] = lambda texts=texts, column=column, unit=unit: _numbers(texts, column, unit)  # type: ignore[misc]
            if column == "status_code" and fmt.kind == "log":
                asked = np.isin(np.arange(len(batch)), owners)
                batch.thunks["kind"] = lambda asked=asked: Coded(asked.astype(np.int32), ["log", "request"])  # type: ignore[misc]


def _spread(batch: Batch, name: str, lines: Lines, rows: Rows, span: Span) -> Spans:
    """The spans of some rows of a batch; the others keep what they had."""
    old: Column | None = batch.thunks[name]() if name in batch.thunks else None  # not `column`, which keeps it
    n = len(batch)
    start, end, valid = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, bool)
    if isinstance(old, Spans) and old.text is lines.text:
        start, end = old.start.copy(), old.end.copy()
        valid = np.ones(n, bool) if old.valid is None else old.valid.copy()
    start[rows], end[rows], valid[rows] = span.start, span.end, span.end > span.start
    return Spans(lines.text, start, end, None if valid.all() else valid)


def _severities(words: Spans, scale: dict[str, int]) -> Numbers:
    numbers = layouts.severities(words, scale)
    return numbers if words.valid is None else Numbers(np.where(words.valid, numbers.values, 0).astype(np.int8))


def _numbers(texts: Spans, column: str, unit: str) -> Numbers:
    if column == "status_code":
        whole = decode.integers(texts)
        return Numbers(whole.values.astype(np.int16), whole.valid)
    numbers = decode.decimals(texts)
    return Numbers(decode.in_ms(numbers.values, unit), numbers.valid)
