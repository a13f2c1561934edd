"""The engine of line layouts: which lines fit, and their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.parsing import decode, severity
from postmortem_timeline.parsing.attributes import join_attributes
from postmortem_timeline.parsing.batch import Batch, Coded, Column, Numbers, Spans, constant
from postmortem_timeline.parsing.branches import match_all
from postmortem_timeline.parsing.context import SourceContext, to_utc
from postmortem_timeline.parsing.dissect import Layout, Match, Span
from postmortem_timeline.parsing.fields import kind_by_status
from postmortem_timeline.parsing.text import Bools, Lines, Text, first_word, has_literal
from postmortem_timeline.parsing.timestamps import NAT

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import ColumnSpec, Format

EVENT_TEXTS = (
    "service",
    "host",
    "actor",
    "body",
    "action",
    "user",
    "client",
    "trace_id",
    "correlation_key",
    "severity_text",
    "stamp",
)


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines start a record of the format."""
    taken = np.zeros(len(lines), bool)
    for match in match_all(fmt.branches, lines, context.dating):
        taken[match.rows] = True
    return taken


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """A batch for each layout of the format that fits some lines; rows refer to `lines`."""
    for match in match_all(fmt.branches, lines, context.dating):
        yield batch(fmt, match.layout, match, lines, match.rows, context)


def batch(
    fmt: Format, layout: Layout, match: Match, lines: Lines, rows: npt.NDArray[np.intp], context: SourceContext
) -> Batch:
    """The columns of the lines that one layout fits."""
    n = len(rows)
    time_ns, quality = np.full(n, NAT, np.int64), np.zeros(n, np.int8)
    for name, stamps in match.stamps.items():
        time_ns, quality = to_utc(stamps.local_ns, stamps.offset, layout.times[name], context, fmt.zone, stamps.number)
    out = Batch(fmt.name, fmt.kind, rows, time_ns, quality, tier=fmt.tier)
    cut = Cutter(fmt, match, lines.text, n)
    used: set[str] = {"timestamp"}
    for name, spec in fmt.columns.items():
        if name != "timestamp" and (spec.value is not None or any(f in match.spans for f in spec.fields)):
            out.thunks[name] = cut.column(name, spec)
            used.update([f for f in spec.fields if f in match.spans][:1])
    for name in match.spans:
        if name in EVENT_TEXTS and name not in out.thunks:
            out.thunks[name] = cut.text(name, ())
            used.add(name)
        elif name == "level" and "severity_text" not in out.thunks:
            out.thunks["severity_text"] = cut.text(name, ())
            used.add(name)
    if "body" not in out.thunks:  # a record that is all fields is its own message
        out.bare = True
        whole = Spans(lines.text, lines.start[rows], lines.end[rows])
        out.thunks["body"] = cut.text("request", ()) if "request" in match.spans else lambda: whole
    if match.stamps:
        out.thunks["stamp"] = cut.text(next(iter(match.stamps)), ())
        used.update(match.stamps)
    if "severity_number" not in out.thunks and "severity_text" in out.thunks:
        out.thunks["severity_number"] = lambda: severities(out.column("severity_text"), fmt.scale)
    if fmt.kind == "log" and "status_code" in out.thunks and "kind" not in out.thunks:
        out.thunks["kind"] = lambda: kind_by_status(out, fmt.kind, n)
    rest = [name for name in match.spans if name not in used]
    if rest:
        out.thunks["attributes"] = lambda: join_attributes({name: cut.spans(name, ("-",)) for name in rest})
    return out


class Cutter:
    """Makes the thunks that cut columns out of one match."""

    def __init__(self, fmt: Format, match: Match, text: Text, n: int) -> None:
        self.fmt, self.match, self.textbuf, self.n = fmt, match, text, n

    def spans(self, field: str, null: tuple[str, ...]) -> Spans:
        span: Span = self.match.spans[field]
        valid = span.end > span.start
        for word in null:
            same = (span.end - span.start) == len(word.encode())
            valid = valid & ~(same & has_literal(self.textbuf, span.start, span.end, word.encode()))
        return Spans(self.textbuf, span.start, span.end, None if valid.all() else valid)

    def text(self, field: str, null: tuple[str, ...]) -> Callable[[], Column]:
        return lambda: self.spans(field, null)

    def column(self, name: str, spec: ColumnSpec) -> Callable[[], Column]:
        if spec.value is not None:
            value = spec.value
            if name in ("severity_number", "status_code"):
                return lambda: Numbers(np.full(self.n, int(value)))
            return lambda: constant(value, self.n)
        field = next(f for f in spec.fields if f in self.match.spans)
        return lambda: self.decoded(name, spec, self.spans(field, spec.null), field)

    def decoded(self, name: str, spec: ColumnSpec, spans: Spans, field: str) -> Column:
        if spec.decode == "http_request" or (name == "endpoint" and spec.decode is None):
            return decode.endpoints(spans)
        if spec.decode == "http_path":
            return decode.paths(spans)
        if spec.decode == "syslog_pri":
            numbers = decode.integers(spans)
            assert numbers.valid is not None
            level = np.where(numbers.valid, numbers.values, 6).astype(np.int64) % 8
            return Numbers(np.array(severity.SYSLOG)[level].astype(np.int8), numbers.valid)
        if name == "status_code":
            numbers = decode.integers(spans)
            fits = (numbers.values >= 100) & (numbers.values <= 999)  # type: ignore[operator]
            return Numbers(numbers.values.astype(np.int16), fits if numbers.valid is None else fits & numbers.valid)
        if name == "severity_number":
            return severities(spans, self.fmt.scale)
        if name in ("duration_ms", "value"):
            numbers = decode.decimals(spans)
            return (
                Numbers(decode.in_ms(numbers.values, spec.unit(field)), numbers.valid)
                if name == "duration_ms"
                else numbers
            )
        return spans


def severities(column: Column | None, scale: dict[str, int]) -> Numbers:
    """Severity numbers of a column of severity words."""
    assert column is not None
    if isinstance(column, Spans):
        short = (column.end - column.start) <= 8
        if short.all():
            words, back = np.unique(first_word(column.text, column.start, column.end), return_inverse=True)
            table = [
                severity.number(int(w).to_bytes(8, "little").rstrip(b"\0").decode("latin-1"), scale) for w in words
            ]
            return Numbers(np.array(table, np.int8)[back])
    coded = column if isinstance(column, Coded) else _encode(column)
    numbers = np.array([severity.number(v, scale) for v in coded.values] + [0], np.int8)
    return Numbers(numbers[coded.codes])


def _encode(column: Column) -> Coded:
    from postmortem_timeline.parsing.batch import encode

    array = column.arrow()
    return encode(
        array if pa.types.is_string(array.type) or pa.types.is_large_string(array.type) else pc.cast(array, pa.string())
    )
