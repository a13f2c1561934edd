"""The digest: a small, mergeable summary of events. Merging is associative and commutative, whatever the cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.digest import levels
from postmortem_timeline.digest.stats import Stats
from postmortem_timeline.digest.table import Columns, Shape, concatenate, empty, fold
from postmortem_timeline.parsing.text import Ints

COUNTS = Shape(("stream", "moment"), sums=("count", "duration_us", "timed"))  # moment = second << 15 | status << 5 | severity
FAILURES = Shape(("stream", "text", "minute", "status"), sums=("count",), mins=("first_ns", "line"), maxs=("last_ns", "last_line"))
ENDPOINTS = Shape(("stream", "text", "bucket"), sums=("count", "failed", "duration_us"))
PATTERNS = Shape(("stream", "text", "severity", "bucket"), sums=("count",), mins=("first_ns", "line"), maxs=("last_ns", "last_line"))
JOINS = Shape(("stream", "what", "key", "status", "t_ns"), sums=("count",), maxs=("duration_us",))
TRACED = Shape(("stream", "key", "t_ns", "text", "line"), sums=("count",))
LINES = ("line", "last_line")  # columns that hold line numbers
TABLES = {"counts": COUNTS, "failures": FAILURES, "endpoints": ENDPOINTS, "patterns": PATTERNS, "joins": JOINS, "traced": TRACED}

Stream = tuple[str, str | None, str | None]  # source, service, route


@dataclass
class Digest:
    """Tables keyed by numbers, and the names behind the numbers.

    `streams` and `texts` (endpoints and templates) are local to a digest and joined by value when digests merge. The
    levels say how far a table was coarsened: that of counts by source, the others by table.
    """

    tables: dict[str, Columns] = field(default_factory=lambda: {name: empty(shape) for name, shape in TABLES.items()})
    streams: list[Stream] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    stats: dict[str, Stats] = field(default_factory=dict)
    notables: list[pa.Table] = field(default_factory=list)
    metrics: list[pa.Table] = field(default_factory=list)
    spill: list[tuple[str, np.ndarray]] = field(default_factory=list)  # drained by whoever merges
    count_levels: dict[str, int] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)


def merge(a: Digest, b: Digest) -> Digest:
    """One digest of two; `a` and `b` are left as they are."""
    return merge_all([a, b])


def merge_all(parts: list[Digest]) -> Digest:
    """One digest of many."""
    if len(parts) == 1:
        return parts[0]
    out = Digest(count_levels=_highest(p.count_levels for p in parts), levels=_highest(p.levels for p in parts))
    out.streams, stream_maps = _joined([p.streams for p in parts], _stream_order)
    out.texts, text_maps = _joined([p.texts for p in parts])
    for name, shape in TABLES.items():
        moved = [_renumbered(p.tables[name], sm, tm) for p, sm, tm in zip(parts, stream_maps, text_maps, strict=True)]
        out.tables[name] = concatenate(moved, shape)
    for part in parts:
        for source, stats in part.stats.items():
            out.stats[source] = out.stats[source].merged(stats) if source in out.stats else stats
        out.notables += part.notables
        out.metrics += part.metrics
        out.spill += part.spill
    settle(out)
    return out


def shifted(digest: Digest, lines: int) -> Digest:
    """The digest of a part that begins `lines` lines further down than it was thought to."""
    if not lines:
        return digest
    tables = {
        name: {column: values + lines if column in LINES else values for column, values in table.items()}
        for name, table in digest.tables.items()
    }
    notables, metrics = ([_moved(table, lines) for table in kept] for kept in (digest.notables, digest.metrics))
    return replace(digest, tables=tables, notables=notables, metrics=metrics)


def _moved(table: pa.Table, lines: int) -> pa.Table:
    place = table.schema.get_field_index("line")
    return table.set_column(place, table.schema.field(place), pc.add(table["line"], lines))


def settle(digest: Digest) -> None:
    """Fold all tables and coarsen those that are over their limits. Samples are folded when they are read."""
    _routeless(digest)
    _settle_counts(digest)
    for name in levels.CHAINS:
        _settle_texts(digest, name)
    for name, most in levels.most_sampled().items():
        _settle_sample(digest, name, most)
    if digest.count_levels or any(level for name, level in digest.levels.items() if name not in levels.most_sampled()):
        _forget_unused(digest)


def _routeless(digest: Digest) -> None:
    """Give up the routes of streams where no table tells them apart: only counts do, and joins."""
    digest.streams, (kept, bare) = _joined([digest.streams, [(s, v, None) for s, v, _ in digest.streams]], _stream_order)
    for name, table in digest.tables.items():
        if len(table["stream"]):
            digest.tables[name] = {**table, "stream": (kept if name in ("counts", "joins") else bare)[table["stream"]]}


def _settle_counts(digest: Digest) -> None:
    low = {s: level for s, level in digest.count_levels.items() if level}
    while True:
        if low:
            digest.tables["counts"] = _lowered(digest, low)
        table = digest.tables["counts"] = fold(digest.tables["counts"], COUNTS)
        low = _too_many(digest, table["stream"])
        if not low:
            return
        digest.count_levels = {**digest.count_levels, **low}


def _lowered(digest: Digest, low: dict[str, int]) -> Columns:
    """The counts with the streams of `low` at their levels."""
    table = digest.tables["counts"]
    place = {stream: i for i, stream in enumerate(digest.streams)}
    bare = np.array([place[s, v, None if s in low else r] for s, v, r in digest.streams], np.int64)
    width = np.array([levels.COUNTS[low.get(s, 0)] for s, _, _ in digest.streams], np.int64)[table["stream"]]
    second = (table["moment"] >> 15) // width * width
    return {**table, "stream": bare[table["stream"]], "moment": second << 15 | (table["moment"] & 0x7FFF)}


def _too_many(digest: Digest, stream: Ints) -> dict[str, int]:
    """The next level of each source that has too many routes or rows."""
    rows: dict[str, int] = {}
    routes: dict[str, set[str]] = {}
    for number, n in enumerate(np.bincount(stream, minlength=len(digest.streams)).tolist()):
        source, _, route = digest.streams[number]
        if n:
            rows[source] = rows.get(source, 0) + n
            if route is not None:
                routes.setdefault(source, set()).add(route)
    found: dict[str, int] = {}
    for source, n in rows.items():
        level = digest.count_levels.get(source, 0)
        if len(routes.get(source, ())) > levels.MOST_ROUTES:
            found[source] = max(level, levels.ROUTELESS)
        elif n > levels.MOST_COUNTS and level < len(levels.COUNTS) - 1:
            found[source] = level + 1
    return found


def _settle_texts(digest: Digest, name: str) -> None:
    """A table keyed by text and time: buckets widen, then texts shorten."""
    column, most, chain = levels.CHAINS[name]
    level = digest.levels.get(name, 0)
    while True:
        width, shorten = chain[level]
        table = digest.tables[name]
        if level:
            table = levels.widened(table, column, width)
        if shorten is not None:
            table = _retold(digest, table, shorten)
        table = digest.tables[name] = fold(table, TABLES[name])
        many = len(table["text"]) > most or (len(table["text"]) > levels.MOST_TEXTS and len(np.unique(table["text"])) > levels.MOST_TEXTS)
        if not many or level == len(chain) - 1:
            return
        level += 1
        digest.levels = {**digest.levels, name: level}


def _retold(digest: Digest, table: Columns, shorten: Callable[[str], str]) -> Columns:
    """The table with its texts shortened."""
    numbers, back = np.unique(table["text"], return_inverse=True)
    short = [shorten(digest.texts[n]) for n in numbers.tolist()]
    place = {text: i for i, text in enumerate(digest.texts)}
    digest.texts = [*digest.texts, *sorted({text for text in short if text not in place})]
    place = {text: i for i, text in enumerate(digest.texts)}
    return {**table, "text": np.array([place[text] for text in short], np.int64)[back]}


def _settle_sample(digest: Digest, name: str, most: int) -> None:
    level = digest.levels.get(name, 0)
    table = levels.sampled(digest.tables[name], level)
    while int(table["count"].sum()) > most and level < 64:
        level += 1
        table = levels.sampled(table, level)
    digest.tables[name] = table
    if level:
        digest.levels = {**digest.levels, name: level}


def _forget_unused(digest: Digest) -> None:
    """Drop the streams and texts that coarser tables name no more."""
    for attribute, column in (("streams", "stream"), ("texts", "text")):
        values = getattr(digest, attribute)
        used = np.zeros(len(values), bool)
        for table in digest.tables.values():
            if column in table:
                used[table[column]] = True
        place = np.cumsum(used) - 1
        setattr(digest, attribute, [value for value, keep in zip(values, used.tolist(), strict=True) if keep])
        for name, table in digest.tables.items():
            if column in table:
                digest.tables[name] = {**table, column: place[table[column]]}


def _highest(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    out: dict[str, int] = {}
    for part in parts:
        for name, level in part.items():
            out[name] = max(level, out.get(name, 0))
    return out


def _stream_order(stream: Stream) -> tuple[object, ...]:
    return tuple((name is None, name or "") for name in stream)


def _joined(lists, key=None):  # type: ignore[no-untyped-def]
    """The sorted union of lists of values, and for each list the place of its members there."""
    values = sorted({v for values in lists for v in values}, key=key)
    place = {v: i for i, v in enumerate(values)}
    return values, [np.array([place[v] for v in vs], np.int64) for vs in lists]


def _renumbered(table: Columns, streams: Ints, texts: Ints) -> Columns:
    out = dict(table)
    if len(table["stream"]):
        out["stream"] = streams[table["stream"]]
        if "text" in table:
            out["text"] = texts[table["text"]]
    return out


class Folder:
    """Merges digests as they come, in order, so that the cost stays near the size: equals with equals."""

    def __init__(self) -> None:
        self.stack: list[tuple[int, Digest]] = []

    def add(self, digest: Digest) -> None:
        self.stack.append((1, digest))
        while len(self.stack) >= 4 and self.stack[-1][0] == self.stack[-4][0]:
            parts = [self.stack.pop() for _ in range(4)][::-1]
            self.stack.append((sum(n for n, _ in parts), merge_all([d for _, d in parts])))

    @property
    def sampled(self) -> int:
        """The level that the sample of joins has come to."""
        return max((digest.levels.get("joins", 0) for _, digest in self.stack), default=0)

    def result(self) -> Digest:
        return merge_all([d for _, d in self.stack]) if self.stack else Digest()
