"""Cuts large evidence into shares that can be read apart from each other: a span of a plain file, or a whole source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from postmortem_timeline.ingest.cuts import record_start
from postmortem_timeline.ingest.decode import Span, clean, encoding_of, is_compressed
from postmortem_timeline.ingest.survey import Surveyed

SHARE = 32 << 20  # bytes
WINDOWS = (1 << 16, 1 << 20)  # bytes in which a place to cut is looked for
APART = ("dissect", "jsonl", "logfmt", "generic")  # engines whose records stand for themselves
UNPACKED = 8  # times as much as a compressed file holds: what it is expected to unpack to


@dataclass(frozen=True)
class Share:
    """A source, or the lines in a span of its bytes."""

    found: Surveyed
    span: Span | None = None


def expected(surveyed: Sequence[Surveyed]) -> int:
    """About how many bytes there are to read."""
    return sum(s.size * (UNPACKED if is_compressed(s.source.path) else 1) for s in surveyed if s.plan is not None)


def shares(surveyed: Sequence[Surveyed], whole: Mapping[str, object], size: int = SHARE) -> list[Share]:
    """The shares of all sources that are read, in order. Those named in `whole` are not cut."""
    return [share for found in surveyed if found.plan is not None for share in _of(found, found.name in whole, size)]


def _of(found: Surveyed, whole: bool, size: int) -> Iterator[Share]:
    if whole or found.size < 2 * size or not _divisible(found):
        yield Share(found)
        return
    start = 0
    for place in range(size, found.size - size // 2, size):
        cut = _cut(found, place)
        if cut is not None and cut > start:
            yield Share(found, (start, cut))
            start = cut
    yield Share(found, (start, found.size)) if start else Share(found)


def _divisible(found: Surveyed) -> bool:
    """Whether records can be told from the middle of the file: not where a header or a quote further up decides."""
    plan, path = found.plan, found.source.path
    if plan is None or plan.export is not None or any(f.engine not in APART for f in plan.formats) or is_compressed(path):
        return False
    try:
        with path.open("rb") as file:
            return encoding_of(file.read(1 << 16)) == "utf-8"
    except OSError:
        return False


def _cut(found: Surveyed, place: int) -> int | None:
    """The first byte of a record near `place`, before which all is the same whatever comes after."""
    assert found.plan is not None
    for length in WINDOWS:
        raw = _window(found.source.path, place, length)
        first = raw.find(b"\n") + 1
        lines = raw[first : raw.rfind(b"\n") + 1]
        text = clean(lines.decode("utf-8", "replace").encode())  # which may be of another length, but has the same lines
        at = record_start(text, found.plan, found.context, begins=False)
        if at:
            number = text.count(b"\n", 0, at)
            return place + first + _after(lines, number)
    return None


def _window(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)
    except OSError:
        return b""


def _after(lines: bytes, number: int) -> int:
    """The place after the given number of lines."""
    at = 0
    for _ in range(number):
        at = lines.index(b"\n", at) + 1
    return at
