"""The engine of W3C extended logs: `#Fields:` names the columns of the lines after it, and may do so anew at any place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.parsing import decode, layouts
from postmortem_timeline.parsing.batch import Batch, Coded, Column, Numbers, Spans, Strings
from postmortem_timeline.parsing.cells import Grid, split
from postmortem_timeline.parsing.context import SourceContext, to_utc
from postmortem_timeline.parsing.dissect import Layout, Match, Span
from postmortem_timeline.parsing.hashing import hash_spans
from postmortem_timeline.parsing.text import Bools, Lines
from postmortem_timeline.parsing.timestamps import Dating, Stamps, compile_format

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import ColumnSpec, Format

FIELDS, DATE, SOFTWARE = "#Fields:", "#Date:", "#Software:"
BEGINS = {  # how the values of columns begin, quoted or not, or left out
    b'0123456789-"': (
        "sc-status", "sc-substatus", "sc-win32-status", "s-port", "c-port", "cs-uri-port", "time-taken", "sc-bytes", "cs-bytes",
    ),
    b'0123456789abcdefABCDEF:[-"': ("s-ip", "c-ip", "cs-ip", "r-ip"),
    b'ABCDEFGHIJKLMNOPQRSTUVWXYZ-"': ("cs-method",),
}  # fmt: skip
DAY, CLOCK, FINE_CLOCK = map(compile_format, ("%Y-%m-%d", "%H:%M:%S", "%H:%M:%S%.f"))
MOST_HEADS = 32
Rows = npt.NDArray[np.intp]


class Head(NamedTuple):
    """What one `#Fields:` line says: the names of the columns, and what stands between them."""

    names: tuple[str, ...]
    comma: bool


def directives(lines: Lines) -> tuple[str, ...]:
    """The directives of a text that decide how its lines are read: what names columns, and who wrote it on which day."""
    said = [_text(lines, row) for row in np.flatnonzero(marked(lines)).tolist()]
    heads = list(dict.fromkeys(line for line in said if head_of(line)))[:MOST_HEADS]
    first = [next((line for line in said if line.startswith(what)), "") for what in (SOFTWARE, DATE)]
    return (*heads, *filter(None, first)) if heads else ()


def marked(lines: Lines) -> Bools:
    """The lines that are directives or remarks."""
    return (lines.text.buf[lines.start] == 35) & (lines.end > lines.start)


def head_of(line: str) -> Head | None:
    """The columns that a line names, where it is one that does."""
    line = line.lstrip("\ufeff")
    if not line.startswith(FIELDS):
        return None
    comma = "," in line
    names = tuple(line[len(FIELDS) :].replace(",", " ").split())
    return Head(names, comma) if names else None


def fits(fmt: Format, said: tuple[str, ...]) -> bool:
    """Whether the directives are of the format: by the program that they name, else by the columns."""
    match = fmt.match
    by = next((line[len(SOFTWARE) :].strip() for line in said if line.startswith(SOFTWARE)), None)
    if by is not None and "software" in match:
        return any(by.startswith(name) for name in match["software"])
    names = {name for line in said if (head := head_of(line)) for name in head.names}
    required = all(name in names for name in match.get("header", ()))
    return bool(names) and required and all(names & set(group) for group in match.get("any", ()))


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    taken = np.zeros(len(lines), bool)
    for _, grid, _ in grids(fmt, lines, context):
        taken[grid.rows] = True
    return taken


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """A batch for each header under which some lines stand; rows refer to `lines`."""
    for head, grid, stamps in grids(fmt, lines, context):
        yield _batch(fmt, head, grid, stamps, lines, context)


def grids(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[tuple[Head, Grid, Stamps]]:
    """The lines that have the cells of a header and a time: first by the header above them, else by any that is known."""
    marks = marked(lines)
    here = [(row, text) for row in np.flatnonzero(marks).tolist() if (text := _text(lines, row))]
    heads = [(row, head) for row, text in here if (head := head_of(text))]
    said = context.header if any(map(head_of, context.header)) else tuple(text for _, text in here)
    if said and not fits(fmt, said):
        return
    above = np.searchsorted([row for row, _ in heads], np.arange(len(lines))) - 1 if heads else np.full(len(lines), -1)
    left = ~marks & (lines.end > lines.start)
    days = _days(lines, here, said)
    tries = [(head, above == number) for number, (_, head) in enumerate(heads)]
    known = [
        head for text in (*said, *(FIELDS + names for names in fmt.match.get("fields", ()))) if (head := head_of(text))
    ]
    tries += [(head, np.ones(len(lines), bool)) for head in dict.fromkeys((*known, *(head for _, head in heads)))]
    for head, mine in tries:
        rows = np.flatnonzero(left & mine)
        if len(rows):
            for grid in split(lines, rows, len(head.names), head.comma):
                stamps = _stamps(fmt, head, grid, lines, days[grid.rows])
                if stamps is not None:
                    stamps.ok &= _answered(head, grid, lines)
                if stamps is not None and stamps.ok.any():
                    grid, stamps = grid.take(stamps.ok), stamps.take(stamps.ok)
                    left[grid.rows] = False
                    yield head, grid, stamps


def _answered(head: Head, grid: Grid, lines: Lines) -> npt.NDArray[np.bool_]:
    """Whether numbers, addresses and methods begin like such: a sentence may have as many words as a line has cells."""
    good = np.ones(len(grid.rows), bool)
    for place, name in enumerate(head.names):
        allowed = next((chars for chars, names in BEGINS.items() if name in names), None)
        if allowed is not None:
            good &= np.isin(lines.text.buf[grid.start[:, place]], np.frombuffer(allowed, np.uint8))
    return good


def _days(lines: Lines, here: list[tuple[int, str]], said: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """For each line the day that the last `#Date:` before it says, in ns; -1 where none does."""
    days = np.full(len(lines), -1, np.int64)
    first = next((line for line in said if line.startswith(DATE)), None)
    for row, text in [(0, first or ""), *here]:
        if text.startswith(DATE):
            try:
                days[row:] = np.datetime64(text[len(DATE) :].strip()[:10]).astype("datetime64[ns]").astype(np.int64)
            except (ValueError, IndexError):
                continue
    return days


def _stamps(fmt: Format, head: Head, grid: Grid, lines: Lines, days: npt.NDArray[np.int64]) -> Stamps | None:
    """The times of some lines: by date and time in columns of their own, by a time on the day of the header, or by a
    column that holds both."""
    names, text = head.names, lines.text
    if "time" in names:
        at = names.index("time")
        plain = bool((grid.end[:, at] - grid.start[:, at] == 8).all())
        clock = (CLOCK if plain else FINE_CLOCK).match(text, grid.start[:, at], grid.end[:, at], Dating())
        clock.ok &= clock.end == grid.end[:, at]
        if "date" in names:
            at = names.index("date")
            day = DAY.match(text, grid.start[:, at], grid.end[:, at], Dating())
            days, clock.ok = day.local_ns, clock.ok & day.ok
        clock.ok &= days >= 0
        return replace(clock, local_ns=clock.local_ns + days)
    spec = fmt.columns["timestamp"]
    field = next((name for name in spec.fields if name in names), None)
    for time in spec.times if field else ():
        at = names.index(field or "")
        stamps = time.match(text, grid.start[:, at], grid.end[:, at], Dating())
        stamps.ok &= stamps.end == grid.end[:, at]
        if stamps.ok.any():
            return stamps
    return None


def _batch(fmt: Format, head: Head, grid: Grid, stamps: Stamps, lines: Lines, context: SourceContext) -> Batch:
    spans = {name: Span(grid.start[:, k], grid.end[:, k]) for k, name in enumerate(head.names)}
    when: list[str] = [name for name in ("date", "time") if name in spans and "time" in spans]
    when = when or [name for name in fmt.columns["timestamp"].fields if name in spans][:1]
    cells = [Spans(lines.text, spans[name].start, spans[name].end) for name in when]
    endpoint = fmt.columns.get("endpoint")
    taken = {*when, *(endpoint.method if endpoint and any(name in spans for name in endpoint.fields) else ())}
    own = {name if name not in layouts.EVENT_TEXTS else f"field.{name}": span for name, span in spans.items()}
    match = Match(Layout("", (), {}, fmt.scale), grid.rows, {n: s for n, s in own.items() if n not in taken})
    out = layouts.batch(fmt, match.layout, match, lines, grid.rows, context)
    dated = CLOCK if when == ["time"] else DAY
    out.time_ns, out.quality = to_utc(stamps.local_ns, stamps.offset, (dated,), context, fmt.zone)
    out.thunks["stamp"] = lambda: Strings(pc.binary_join_element_wise(*(c.arrow() for c in cells), _blank()))
    if endpoint is not None and "endpoint" in out.thunks:
        out.thunks["endpoint"] = _with_method(out.thunks["endpoint"], endpoint, spans, lines)
    if fmt.kind == "log" and "status_code" in out.thunks and "endpoint" in out.thunks:
        out.thunks["kind"] = lambda: _kind(out)
    return out


def _blank() -> pa.Scalar:
    return pa.scalar(" ", pa.large_string())


def _with_method(
    path: Callable[[], Column], spec: ColumnSpec, spans: dict[str, Span], lines: Lines
) -> Callable[[], Column]:
    """Paths with the method before them, where a column says it."""
    method = next((spans[name] for name in spec.method if name in spans), None)
    target = next(spans[name] for name in spec.fields if name in spans)
    if method is None:
        return path
    if (method.end + 1 == target.start).all() and (lines.text.buf[method.end] == 32).all():
        return lambda: decode.endpoints(Spans(lines.text, method.start, target.end))
    return lambda: _paired(_words(lines, method), path())


def _words(lines: Lines, spans: Span) -> Coded:
    """Spans that hold few distinct words."""
    back, first = decode.factorize(hash_spans(lines.text, spans.start, spans.end))
    places = zip(spans.start[first].tolist(), spans.end[first].tolist(), strict=True)
    return Coded(back.astype(np.int32), [lines.text.slice(a, b).decode("utf-8", "replace") for a, b in places])


def _paired(methods: Coded, paths: Column) -> Coded:
    assert isinstance(paths, Coded)
    codes = paths.codes.astype(np.int64) * len(methods.values) + methods.codes
    pairs, back = np.unique(np.where(paths.codes < 0, -1, codes), return_inverse=True)
    both = [divmod(pair, len(methods.values)) for pair in pairs.tolist()]
    names = [_named(methods.values[method], paths.values[path]) if path >= 0 else "" for path, method in both]
    values = sorted(set(filter(None, names)))
    place = {value: i for i, value in enumerate(values)}
    return Coded(np.array([place.get(name, -1) for name in names], np.int32)[back], values)


def _named(method: str, path: str) -> str:
    return "" if path == "-" else f"{method.upper()} {path}" if method.isalpha() else path


def _kind(out: Batch) -> Coded:
    """What has a status and a path is a request; all else is not."""
    status, endpoint = out.column("status_code"), out.column("endpoint")
    assert isinstance(status, Numbers) and isinstance(endpoint, Coded)
    valid = np.ones(len(out), bool) if status.valid is None else status.valid
    return Coded((valid & (endpoint.codes >= 0)).astype(np.int32), ["log", "request"])


def _text(lines: Lines, row: int) -> str:
    return lines.text.slice(int(lines.start[row]), int(lines.end[row])).decode("utf-8", "replace")
