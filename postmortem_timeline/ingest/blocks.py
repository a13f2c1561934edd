"""Cuts a decoded stream into blocks that begin at record starts, so that no record is torn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from postmortem_timeline.ingest.cuts import any_record, record_start
from postmortem_timeline.ingest.decode import CHUNK, UNCLEAN, Stream, clean
from postmortem_timeline.ingest.detect import Plan
from postmortem_timeline.parsing.context import SourceContext

Buffer = bytes | memoryview
MOST_HELD = 64 << 20  # a record that never ends is cut after all
LONGEST_LINE = 256 << 20  # what a line holds beyond is left out, and noted


@dataclass(frozen=True)
class RawBlock:
    """Bytes of whole records, and the number of the physical line on which they start."""

    data: Buffer
    first_line: int


def blocks(stream: Stream, plan: Plan, context: SourceContext, size: int = CHUNK) -> Iterator[RawBlock]:
    """The blocks of a stream, about `size` bytes each; `size` changes nothing but memory.

    Each block but the first begins with a record, so that a line that nobody can read finds the record before it.
    """
    held: list[Buffer] = []
    first_line, length, enough = 1, 0, 0
    for parts, last in _and_whether_last(_parts(stream, size, LONGEST_LINE)):
        held += parts
        length += sum(map(len, parts))
        if last or length < enough:
            continue
        data = b"".join(held)
        place = record_start(data, plan, context)
        if place and first_line == 1 and not any_record(data[:place], plan, context):
            place = 0
        if not place and length >= MOST_HELD:
            place = length
        if not place:
            held, enough = [data], 2 * length  # a record this long is looked at again when there is twice as much
            continue
        yield RawBlock(memoryview(data)[:place], first_line)
        first_line += _newlines(data, place)
        held, length, enough = [data[place:]], length - place, 0
    if rest := b"".join(held):
        yield RawBlock(memoryview(rest), first_line)


def _newlines(data: bytes, end: int) -> int:
    """How many lines end before `end`; `bytes.count` takes four times as long."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8, end) == 10))


def _and_whether_last(pieces: Iterator[list[Buffer]]) -> Iterator[tuple[list[Buffer], bool]]:
    """Each piece, and whether none comes after it."""
    before = next(pieces, None)
    for piece in pieces:
        assert before is not None
        yield before, False
        before = piece
    if before is not None:
        yield before, True


def whole_lines(stream: Stream, size: int = CHUNK, longest: int = LONGEST_LINE) -> Iterator[bytes]:
    """The stream's text in pieces of whole lines, cleaned; the last may end without a newline."""
    return (b"".join(parts) for parts in _parts(stream, size, longest))


def _parts(stream: Stream, size: int, longest: int) -> Iterator[list[Buffer]]:
    """As `whole_lines`, each piece in parts that are not joined yet: a copy less of all that is read."""
    held: list[Buffer] = []
    length = 0
    for piece in stream.pieces(size):
        cut = piece.rfind(b"\n") + 1
        if not cut:
            room = max(longest - length, 0)
            stream.cut += max(len(piece) - room, 0)
            held.append(piece[:room])
            length += len(held[-1])
            continue
        yield _cleaned([*held, memoryview(piece)[:cut]], piece)
        held, length = [piece[cut:]], len(piece) - cut
    if rest := clean(b"".join(held)):
        yield [rest]


def _cleaned(parts: list[Buffer], piece: bytes) -> list[Buffer]:
    """The parts, of which `piece` is the last, cleaned where there is anything to clean."""
    dirty = any(mark in text for mark in UNCLEAN for text in (piece, *map(bytes, parts[:-1])))
    return [clean(b"".join(parts))] if dirty else parts
