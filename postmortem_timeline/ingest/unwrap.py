"""Wrapped records: the lines inside the records of a container runtime or syslog, their columns over the outer ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.formats.model import Format
from postmortem_timeline.parsing.batch import (
    EXACT,
    INHERITED,
    YEAR_INFERRED,
    ZONE_ASSUMED,
    Batch,
    Coded,
    Column,
    Numbers,
    Spans,
    Strings,
    spans_of,
)  # fmt: skip
from postmortem_timeline.parsing.instants import in_year_of
from postmortem_timeline.parsing.text import Bools, Lines
from postmortem_timeline.parsing.timestamps import NAT

HALF_DAY = 43_200_000_000_000
APART = 5_000  # physical lines; what comes later on a stream has nothing to do with the line before


@dataclass(frozen=True)
class Wrapped:
    """The inner lines of a batch, ordered by stream; `outer[i]` is the batch's row that inner line i begins in."""

    lines: Lines
    outer: npt.NDArray[np.intp]
    last: npt.NDArray[np.intp]  # the batch's row that it ends in
    joined: dict[int, list[int]]  # first row -> all rows that were parts of one line
    apart: Bools  # the first of a stream, or far from the line before it
    unfinished: Bools  # the runtime has split it, and its end is not there


def inner_lines(batch: Batch, fmt: Format, newlines: bool = True, streams: bool = True) -> Wrapped | None:
    """The records inside `batch`: streams apart (where that matters), parts of a split line joined first.

    `newlines`: whether the source keeps the newlines of what it wraps, so that one without it is a part (Docker).
    """
    assert fmt.wraps is not None
    # A record that is all fields is its own message: there is nothing inside.
    bodies = None if batch.bare and fmt.wraps == "body" else batch.arrow(fmt.wraps)
    if bodies is None:
        return None
    n = len(batch)
    partial = _partial(batch, bodies, newlines)
    codes, order = np.zeros(n, np.int64), np.arange(n)
    if streams or partial is not None:
        codes, order = _streams(batch)
    rows = batch.rows[order]
    apart = np.ones(n, bool)
    step = rows[1:] - rows[:-1]
    apart[1:] = (codes[order][1:] != codes[order][:-1]) | (step > APART) | (step <= 0)
    bodies = pc.fill_null(bodies.cast(pa.large_string()).take(pa.array(order)), "")
    heads = np.ones(n, bool)
    joined: dict[int, list[int]] = {}
    if partial is not None:
        heads[1:] = apart[1:] | ~partial[order][:-1]
        bodies, joined = _join_parts(bodies, order, heads)
    bodies = pc.utf8_rtrim(bodies, characters="\r\n") if len(bodies) else bodies
    spans = spans_of(bodies)
    lines = Lines(spans.text, spans.start, spans.end, np.arange(len(bodies), dtype=np.int64) + np.cumsum(apart[heads]))
    first = np.flatnonzero(heads)
    last = np.append(first[1:], n)[: len(first)] - 1
    unfinished = np.zeros(len(first), bool) if partial is None else partial[order][last]
    return Wrapped(lines, order[first], order[last], joined, apart[first], unfinished)


def _streams(batch: Batch) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """What each record was written to (the runtime's stream, of one host and program), and the records in its order."""
    codes = np.zeros(len(batch), np.int64)
    streams = _attribute(batch, "stream")
    if streams is not None:
        codes = np.unique(np.array(streams, dtype=object).astype(str), return_inverse=True)[1].astype(np.int64)
    for name in ("host", "service"):
        column = batch.coded(name) if batch.has(name) else None
        if column is not None and len(column.values) > 1:
            codes = codes * (len(column.values) + 1) + column.codes + 1
    return codes, np.argsort(codes, kind="stable")


def _attribute(batch: Batch, name: str) -> list[str] | None:
    """A field that a wrapper carries beside its body (it is among the attributes)."""
    raw = batch.arrow("attributes")
    if raw is None or not len(raw):
        return None
    found = pc.extract_regex(raw.cast(pa.string()), pattern=f'"{name}": "(?P<v>[^"]*)"').field("v")
    return None if found.null_count == len(found) else found.fill_null("").to_pylist()


def _partial(batch: Batch, bodies: pa.Array, newlines: bool) -> Bools | None:
    """Which bodies go on in the next of their stream: CRI tags them `P`, Docker leaves out the newline."""
    if batch.format.startswith("docker"):
        partial = ~pc.ends_with(pc.fill_null(bodies, ""), "\n").to_numpy(zero_copy_only=False)
        return partial if newlines and partial.any() else None
    tags = _attribute(batch, "tag")
    partial = np.array([tag.startswith("P") for tag in tags], bool) if tags is not None else np.zeros(0, bool)
    return partial if partial.any() else None


def _join_parts(bodies: pa.Array, order: npt.NDArray[np.intp], heads: Bools) -> tuple[pa.Array, dict[int, list[int]]]:
    """Bodies in `order` with each part joined to its head, and the batch's rows that went into one line."""
    first = np.flatnonzero(heads)
    ends = np.append(first[1:], len(heads))
    texts = bodies.to_pylist()
    several = np.flatnonzero(ends - first > 1)
    joined = {int(order[first[i]]): order[first[i] : ends[i]].tolist() for i in several.tolist()}
    split = set(several.tolist())
    out = ["".join(texts[a:b]) if i in split else texts[a] for i, (a, b) in enumerate(zip(first, ends, strict=True))]
    return pa.array(out, pa.large_string()), joined


def take(column: Column, rows: npt.NDArray[np.intp]) -> Column:
    """The chosen rows of a column."""
    if isinstance(column, Spans):
        return Spans(
            column.text, column.start[rows], column.end[rows], None if column.valid is None else column.valid[rows]
        )
    if isinstance(column, Coded):
        return Coded(column.codes[rows], column.values)
    if isinstance(column, Numbers):
        return Numbers(column.values[rows], None if column.valid is None else column.valid[rows])
    return Strings(column.array.take(pa.array(rows)))


def select(batch: Batch, rows: npt.NDArray[np.intp]) -> Batch:
    """The chosen rows of a batch."""
    out = Batch(batch.format, batch.kind, batch.rows[rows], batch.time_ns[rows], batch.quality[rows], tier=batch.tier)
    for name in (*batch.thunks, *(n for n in batch.done if n not in batch.thunks)):
        out.thunks[name] = lambda name=name: take(batch.column(name), rows)  # type: ignore[misc, arg-type]
    if batch.ordinal is not None:
        out.ordinal = batch.ordinal[rows]
    out.inner_offset = None if batch.inner_offset is None else batch.inner_offset[rows]
    return out


def overlay(outer: Batch, inner: Batch, wrapper: Format) -> Batch:
    """`inner`'s columns over those of `outer`, the same records: the inner says more, the outer keeps the time.

    Where the outer stamp is not exact and the inner one is, the inner time wins; the difference of the two stays, it
    tells the zone of the less sure of them. An outer stamp without a year is of the year that the inner one names.
    """
    known = (inner.time_ns != NAT) & (outer.time_ns != NAT)
    time_ns, quality = _dated(outer, inner, known)
    out = Batch(
        f"{wrapper.name}>{inner.format}",
        inner.kind,
        outer.rows,
        time_ns,
        quality,
        tier=inner.tier,
    )
    if known.any():
        out.inner_offset = np.where(known, _apart(time_ns, inner), NAT)
    better = known & (inner.quality == EXACT) & (quality != EXACT) | (
        (outer.time_ns == NAT) & (inner.time_ns != NAT)
    )
    out.time_ns = np.where(better, inner.time_ns, out.time_ns)
    out.quality = np.where(better, inner.quality, out.quality).astype(np.int8)
    for name in {*outer.thunks, *outer.done, *inner.thunks, *inner.done}:
        if name == "stamp" and outer.has("stamp"):
            out.thunks[name] = lambda name=name: outer.column(name)  # type: ignore[misc, assignment]
        elif inner.has(name) and name != wrapper.wraps:
            out.thunks[name] = lambda name=name: _coalesce(inner.column(name), outer.column(name), name)  # type: ignore[misc]
        elif name == wrapper.wraps:
            # A record that is all fields and no message (an access log) is shown as the wrapper gave it.
            source = inner if inner.has(name) and not inner.bare else outer
            out.thunks[name] = lambda name=name, source=source: _whole(source, name, wrapper)  # type: ignore[misc, assignment]
        else:
            out.thunks[name] = lambda name=name: outer.column(name)  # type: ignore[misc, assignment]
    return out


def _dated(outer: Batch, inner: Batch, known: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]]:
    """The outer times and how sure they are, those whose year was only guessed in the year that the inner stamp says."""
    time_ns, quality = outer.time_ns.copy(), outer.quality.copy()
    rows = known & (quality == YEAR_INFERRED) & (inner.quality <= ZONE_ASSUMED)
    if rows.any():
        time_ns[rows] = in_year_of(time_ns[rows], inner.time_ns[rows])
        quality[rows] = ZONE_ASSUMED
    return time_ns, quality


def _apart(outer_ns: npt.NDArray[np.int64], inner: Batch) -> npt.NDArray[np.int64]:
    """Outer minus innermost stamp. Of a time of day alone no more than half a day is known."""
    apart = outer_ns - inner.time_ns
    if inner.inner_offset is not None:  # a wrapper itself: its time is that of its own stamp
        apart = apart + np.where(inner.inner_offset != NAT, inner.inner_offset, 0)
    by_clock = inner.quality == INHERITED
    return np.where(by_clock, (apart + HALF_DAY) % (2 * HALF_DAY) - HALF_DAY, apart)


def _whole(batch: Batch, name: str, wrapper: Format) -> Column | None:
    """A message without the newline that a wrapper of JSON may keep at its end."""
    column = batch.column(name)
    if column is None or wrapper.engine != "jsonl" or not isinstance(column, Strings):
        return column
    return Strings(pc.utf8_rtrim(column.array.cast(pa.large_string()), characters="\r\n"))


def _coalesce(first: Column | None, second: Column | None, name: str) -> Column:
    assert first is not None
    if second is None:
        return first
    if name == "severity_number" and isinstance(first, Numbers) and isinstance(second, Numbers):
        return Numbers(np.where(first.values == 0, second.values, first.values))
    if name == "attributes":
        return Strings(merge_objects(first.arrow(), second.arrow()))
    a, b = first.arrow(), second.arrow()
    if not a.null_count:
        return first
    if isinstance(first, Numbers):
        both = pc.coalesce(a, b.cast(a.type))
        return Numbers(both.fill_null(0).to_numpy(zero_copy_only=False), both.is_valid().to_numpy(zero_copy_only=False))
    text = pa.large_string()
    return Strings(pc.coalesce(a.cast(text), b.cast(text)))


def merge_objects(inner: pa.Array, outer: pa.Array) -> pa.Array:
    """Two columns of JSON objects as one; null where both are."""
    text = pa.large_string()
    a, b = inner.cast(text), outer.cast(text)
    both = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(b, 0, -1), pc.utf8_slice_codeunits(a, 1), pa.scalar(", ", text)
    )
    return pc.coalesce(both, a, b)
