"""Copies: stretches of one source that stand, byte for byte, in another as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from postmortem_timeline.ingest.decode import Stream, clean
from postmortem_timeline.ingest.survey import Surveyed
from postmortem_timeline.parsing.timestamps import NAT

SLACK_NS = 2_000_000_000
SHORTEST = 48  # bytes of a probe that two sources could not both begin with by chance


@dataclass(frozen=True)
class CopyRange:
    """Lines [first, last] of `source` are copies; line n's twin is `twin`:n + delta."""

    source: str
    first: int
    last: int
    twin: str
    delta: int


def find_copies(surveyed: list[Surveyed]) -> list[CopyRange]:
    """Where a source begins with lines that an earlier one holds: rotated and current file, a file under two names,
    a download that was retried, exports that overlap. A line is a copy once, of the first source that holds it."""
    order = sorted((s for s in surveyed if s.probe and s.first_ns != NAT), key=lambda s: (s.first_ns, -s.size, s.name))
    found: list[CopyRange] = []
    for i, later in enumerate(order):
        if len(later.probe) < SHORTEST:
            continue
        best: CopyRange | None = None
        for earlier in order[:i]:
            if _may_hold(earlier, later):
                match = _shared(earlier, later)
                if match and (best is None or match.last > best.last):
                    best = match
        if best:
            found.append(best)
    return found


def _may_hold(earlier: Surveyed, later: Surveyed) -> bool:
    assert earlier.plan is not None and later.plan is not None
    same = bool(set(f.name for f in earlier.plan.formats) & set(f.name for f in later.plan.formats))
    ends = earlier.last_ns
    return same and (ends == NAT or later.first_ns <= ends + SLACK_NS)


def _shared(earlier: Surveyed, later: Surveyed) -> CopyRange | None:
    """The run of lines at the head of `later` that stands in `earlier`, running to the end of one of the two."""
    place = _find(earlier, later.probe)
    if place is None:
        return None
    offset, line = place
    probe_at = _find(later, later.probe)
    if probe_at is None:
        return None
    same, lines, ended = _run(_from(earlier, offset), _from(later, probe_at[0]))
    if lines < 1 or (not ended and lines < 20):
        return None
    first = probe_at[1]
    return CopyRange(later.name, first, first + lines - 1, earlier.name, line - first)


def _pieces(found: Surveyed) -> Iterator[bytes]:
    held = b""  # a carriage return whose newline comes with the next piece
    for piece in Stream(found.source.path).pieces():
        piece = held + piece
        held = b"\r" if piece.endswith(b"\r") else b""
        yield clean(piece.removesuffix(held))
    if held:
        yield held


def _find(found: Surveyed, probe: bytes) -> tuple[int, int] | None:
    """Offset and line number (from 1) at which `probe` stands as whole lines; None where it does not."""
    before, base, line, carry = b"\n", 0, 1, b""
    for piece in _pieces(found):
        data = carry + piece
        at = -1
        while True:
            at = data.find(probe, at + 1)
            if at < 0:
                break
            head = data[at - 1 : at] if at else before
            if head == b"\n" and data[at + len(probe) : at + len(probe) + 1] in (b"\n", b"\r", b""):
                return base + at, line + data.count(b"\n", 0, at)
        keep = max(len(data) - len(probe) - 1, 0)
        line += data.count(b"\n", 0, keep)
        base += keep
        before = data[keep - 1 : keep] or before
        carry = data[keep:]
    return None


def _from(found: Surveyed, offset: int) -> Iterator[bytes]:
    for piece in _pieces(found):
        if offset >= len(piece):
            offset -= len(piece)
            continue
        yield piece[offset:]
        offset = 0


def _run(a: Iterator[bytes], b: Iterator[bytes]) -> tuple[int, int, bool]:
    """Bytes and whole lines that two streams share, and whether one of them ended while they still agreed."""
    left, right = b"", b""
    same = lines = 0
    pending = False  # a shared stretch that has not reached its newline yet
    while True:
        left = left or next(a, b"")
        right = right or next(b, b"")
        n = min(len(left), len(right))
        if not n:
            return same, lines + (pending and not (left or right)), True
        if left[:n] != right[:n]:
            n = _common(left[:n], right[:n])
            return same + n, lines + left.count(b"\n", 0, n), False
        lines += left.count(b"\n", 0, n)
        pending = left[n - 1 : n] != b"\n"
        same += n
        left, right = left[n:], right[n:]


def _common(a: bytes, b: bytes) -> int:
    """The length of the common beginning of two unequal texts of one length."""
    low, high = 0, len(a)
    while low < high:
        middle = (low + high + 1) // 2
        if a[:middle] == b[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
