"""The digest: a small, mergeable summary of events. Merging is associative and commutative, whatever the cut."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from postmortem_timeline.digest.table import Columns, Shape, concatenate, empty, fold
from postmortem_timeline.parsing.text import Ints

COUNTS = Shape(("stream", "moment"), sums=("count", "duration_us", "timed"))  # moment = second << 15 | status << 5 | severity
FAILURES = Shape(("stream", "text", "minute", "status"), sums=("count",), mins=("first_ns", "line"), maxs=("last_ns", "last_line"))
ENDPOINTS = Shape(("stream", "text", "bucket"), sums=("count", "failed", "duration_us"))
PATTERNS = Shape(("stream", "text", "severity", "bucket"), sums=("count",), mins=("first_ns", "line"), maxs=("last_ns", "last_line"))
JOINS = Shape(("stream", "what", "key", "status", "t_ns"), sums=("count",), maxs=("duration_us",))
TABLES = {"counts": COUNTS, "failures": FAILURES, "endpoints": ENDPOINTS, "patterns": PATTERNS, "joins": JOINS}
WIDTHS = (1, 10, 60, 600)  # seconds a bucket of counts, by level
MOST_COUNTS = 4_000_000
MOST_ROUTES = 256  # of one source; more are no routes of a gateway but pages
MOST_TEXTS = 200_000
MOST_JOINS = 40_000
MOST_CLIENTS = 1000


@dataclass(frozen=True)
class Stats:
    """What is said of a source beside its tables; folded field by field."""

    format: str
    kind: str
    tier: str | None
    host: str | None
    service: str | None
    records: int = 0
    requests: int = 0
    with_user: int = 0
    private_clients: int = 0
    naive: int = 0
    stamped: int = 0
    precision_ns: int = 1_000_000_000
    first_ns: int = -1
    last_ns: int = -1
    clients: tuple[int, ...] = ()  # the lowest hashes of client addresses
    offsets: tuple[tuple[int, int], ...] = ()  # outer minus inner stamp in quarter hours, how often

    def merged(self, other: Stats) -> Stats:
        first = [t for t in (self.first_ns, other.first_ns) if t >= 0]
        ours, theirs = (self, other) if (self.format, self.kind, self.tier or "") <= (other.format, other.kind, other.tier or "") else (other, self)
        counted: dict[int, int] = dict(self.offsets)
        for offset, n in other.offsets:
            counted[offset] = counted.get(offset, 0) + n
        return Stats(
            ours.format, _main_kind(self, other), ours.tier or theirs.tier, ours.host or theirs.host, ours.service or theirs.service,
            self.records + other.records, self.requests + other.requests, self.with_user + other.with_user,
            self.private_clients + other.private_clients, self.naive + other.naive, self.stamped + other.stamped,
            min(self.precision_ns, other.precision_ns), min(first) if first else -1, max(self.last_ns, other.last_ns),
            tuple(sorted(set(self.clients) | set(other.clients))[:MOST_CLIENTS]), tuple(sorted(counted.items())),
        )  # fmt: skip


def _main_kind(a: Stats, b: Stats) -> str:
    return "request" if "request" in (a.kind, b.kind) else min(a.kind, b.kind)


@dataclass
class Digest:
    """Tables keyed by numbers, and the texts behind the numbers.

    `streams` are (source, service, route), `texts` endpoints and templates; both are local to a digest and joined by
    value when digests merge. `levels` say how far a table was coarsened.
    """

    tables: dict[str, Columns] = field(default_factory=lambda: {name: empty(shape) for name, shape in TABLES.items()})
    streams: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    stats: dict[str, Stats] = field(default_factory=dict)
    notables: list[pa.Table] = field(default_factory=list)
    metrics: list[pa.Table] = field(default_factory=list)
    spill: list[tuple[str, np.ndarray]] = field(default_factory=list)  # drained by whoever merges
    counts_level: int = 0
    joins_level: int = 0
    plain_sources: frozenset[str] = frozenset()  # whose routes were too many and were dropped


def merge(a: Digest, b: Digest) -> Digest:
    """One digest of two; `a` and `b` are left as they are."""
    return merge_all([a, b])


def merge_all(parts: list[Digest]) -> Digest:
    """One digest of many."""
    if len(parts) == 1:
        return parts[0]
    out = Digest(
        counts_level=max(p.counts_level for p in parts), joins_level=max(p.joins_level for p in parts),
        plain_sources=frozenset().union(*(p.plain_sources for p in parts)),
    )  # fmt: skip
    out.streams, stream_maps = _joined([p.streams for p in parts])
    out.texts, text_maps = _joined([p.texts for p in parts])
    for name, shape in TABLES.items():
        moved = [_renumbered(p.tables[name], sm, tm) for p, sm, tm in zip(parts, stream_maps, text_maps)]
        out.tables[name] = concatenate(moved, shape)
    for part in parts:
        for source, stats in part.stats.items():
            out.stats[source] = out.stats[source].merged(stats) if source in out.stats else stats
        out.notables += part.notables
        out.metrics += part.metrics
        out.spill += part.spill
    settle(out)
    return out


def settle(digest: Digest) -> None:
    """Fold all tables and coarsen those that are over their limits."""
    _drop_routes(digest)
    for name, shape in TABLES.items():
        if name == "counts":
            _at_level(digest)
        elif name == "joins":
            _sampled(digest)
        digest.tables[name] = fold(digest.tables[name], shape)
    while len(digest.tables["counts"]["count"]) > MOST_COUNTS and digest.counts_level < len(WIDTHS) - 1:
        digest.counts_level += 1
        _at_level(digest)
        digest.tables["counts"] = fold(digest.tables["counts"], COUNTS)
    while len(digest.tables["joins"]["count"]) > MOST_JOINS:
        digest.joins_level += 1
        _sampled(digest)


def _drop_routes(digest: Digest) -> None:
    routes: dict[str, set[str]] = {}
    for source, _, route in digest.streams:
        if route is not None:
            routes.setdefault(source, set()).add(route)
    plain = digest.plain_sources | {s for s, r in routes.items() if len(r) > MOST_ROUTES}
    if not any(source in plain and route is not None for source, _, route in digest.streams):
        return
    digest.plain_sources = frozenset(plain)
    lowered = [(s, v, None if s in plain else r) for s, v, r in digest.streams]
    digest.streams, (table,) = _joined([lowered])
    for name in TABLES:
        digest.tables[name] = {**digest.tables[name], "stream": table[digest.tables[name]["stream"]]}


def _at_level(digest: Digest) -> None:
    width = WIDTHS[digest.counts_level]
    if width > 1:
        moment = digest.tables["counts"]["moment"]
        second = (moment >> 15) // width * width
        digest.tables["counts"] = {**digest.tables["counts"], "moment": second << 15 | (moment & 0x7FFF)}


def _sampled(digest: Digest) -> None:
    if digest.joins_level:
        table = digest.tables["joins"]
        keep = (table["key"].view(np.uint64) >> np.uint64(64 - digest.joins_level)) == 0
        digest.tables["joins"] = {name: column[keep] for name, column in table.items()}


def _joined(lists):  # type: ignore[no-untyped-def]
    """The sorted union of lists of values, and for each list the place of its members there."""
    values = sorted({v for values in lists for v in values}, key=lambda v: v if isinstance(v, str) else tuple(x or "" for x in v) + tuple(x is None for x in v))
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

    def result(self) -> Digest:
        return merge_all([d for _, d in self.stack]) if self.stack else Digest()
