"""Records for digest tests: drawn by hypothesis, and made into batches at any cut."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from postmortem_timeline.digest.digest import Digest, Folder
from postmortem_timeline.digest.events import digest_batches
from postmortem_timeline.digest.evidence import Evidence, evidence
from postmortem_timeline.digest.users import Users
from postmortem_timeline.parsing.batch import Batch, Numbers, Strings, encode
from postmortem_timeline.parsing.timestamps import NAT

SECOND = 1_000_000_000
START = 1_752_600_000 * SECOND
FRAMES = ("sources", "counts", "failures", "endpoints", "patterns", "joins", "notables", "metrics")


class Record(NamedTuple):
    """One event of one source."""

    source: str
    line: int
    ns: int | None
    status: int | None  # a request's; None for a log record
    severity: int
    service: str | None
    endpoint: str | None
    user: str | None
    host: str | None
    body: str | None
    took_ms: float | None


ENDPOINTS = ("GET /auth/login", "POST /auth/login/now", "GET /cart", "GET /cart/1/items", "GET /a/b/c", "GET /x", None)
BODIES = (
    "connection from 10.0.0.1 closed",
    "token of user 17 expired",
    "token of user 18 expired",
    "a\nTraceback",
    None,
)


@st.composite
def records(draw: st.DrawFn, most: int = 60) -> list[Record]:
    """Records of one or two sources, in the order of their lines."""
    drawn = draw(st.lists(_one, min_size=1, max_size=most))
    return [record._replace(line=number) for number, record in enumerate(drawn, 1)]


_one = st.builds(
    Record,
    source=st.sampled_from(["web", "app"]),
    line=st.just(0),
    ns=st.one_of(
        st.none(),
        st.builds(
            lambda s, f: START + s * SECOND + f, st.integers(0, 9000), st.sampled_from([0, 5_000_000, 123_456_000])
        ),
    ),
    status=st.sampled_from([None, 200, 200, 404, 500, 503]),
    severity=st.sampled_from([0, 9, 13, 17]),
    service=st.sampled_from([None, "auth", "cart"]),
    endpoint=st.sampled_from(ENDPOINTS),
    user=st.sampled_from([None, *(f"u{n}" for n in range(20))]),
    host=st.sampled_from(["h1", "h1", "h2", None]),
    body=st.sampled_from(BODIES),
    took_ms=st.sampled_from([None, 0.5, 12.25, 3000.0]),
)


def digest_of(part: list[Record]) -> list[Digest]:
    """One digest for each source of a part of the input."""
    return [
        digest_batches(source, _batches([r for r in part if r.source == source]))
        for source in sorted({r.source for r in part})
    ]


def _batches(rows: list[Record]) -> list[Batch]:
    made = []
    for kind in ("log", "request"):
        mine = [r for r in rows if (r.status is not None) == (kind == "request")]
        if mine:
            made.append(_batch(mine, kind))
    return made


def _batch(rows: list[Record], kind: str) -> Batch:
    times = np.array([NAT if r.ns is None else r.ns for r in rows], np.int64)
    batch = Batch(f"made_{kind}", kind, np.arange(len(rows)), times, np.zeros(len(rows), np.int8), tier="application")
    batch.line = np.array([r.line for r in rows], np.int64)
    for name, of in (("service", "service"), ("endpoint", "endpoint"), ("host", "host")):
        batch.done[name] = encode(pa.array([getattr(r, of) for r in rows], pa.string()))
    for name in ("user", "body"):
        batch.done[name] = Strings(pa.array([getattr(r, name) for r in rows], pa.large_string()))
    batch.done["severity_number"] = Numbers(np.array([r.severity for r in rows]))
    for name, of in (("status_code", "status"), ("duration_ms", "took_ms")):
        values = [getattr(r, of) for r in rows]
        batch.done[name] = Numbers(np.array([v or 0 for v in values]), np.array([v is not None for v in values]))
    return batch


def folded(parts: list[Digest]) -> Digest:
    """What the engine makes of digests that come one by one."""
    folder = Folder()
    for part in parts:
        folder.add(part)
    return folder.result()


def seen(digest: Digest) -> Evidence:
    """The evidence of a digest, with its users."""
    users = Users()
    for source, rows in digest.spill:
        users.add(source, rows)
    return evidence(digest, users)


def assert_same(one: Digest, other: Digest) -> None:
    """Whether two digests are the same evidence, frame by frame and user by user."""
    a, b = seen(one), seen(other)
    for name in FRAMES:
        left, right = getattr(a, name), getattr(b, name)
        assert left.equals(right), f"{name}\n{left}\n{right}"
    whole = [(START - SECOND, START + 10_000 * SECOND)]
    assert a.users.count(whole, {}, ["web", "app"], lambda s: s >= 500) == b.users.count(
        whole, {}, ["web", "app"], lambda s: s >= 500
    )
