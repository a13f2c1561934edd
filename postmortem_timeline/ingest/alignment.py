"""Where the first lines of one source stand in another, and how far the two then agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from postmortem_timeline.ingest.blocks import whole_lines
from postmortem_timeline.ingest.decode import Stream
from postmortem_timeline.ingest.survey import Surveyed

AHEAD = 1 << 14  # bytes from the probe on that are compared at once: enough to tell lines that recur apart
FEW = 4  # probes that are looked for one by one; more are looked for together, line by line
MOST_PLACES = 4  # at either end, of the places that agree as far as AHEAD


@dataclass(frozen=True)
class Alignment:
    """`lines` lines of `source` from `first` on stand in `holder` from `line` on; `ended`: until one of them ends."""

    holder: Surveyed
    source: Surveyed
    first: int
    line: int
    lines: int
    ended: bool
    held: bool  # `source` ended, not `holder` alone
    torn: bool  # the last of the lines that agree has no end in one of the two


def turned(match: Alignment) -> Alignment:
    """The same match, told of the other of the two."""
    lines = match.lines + (match.torn and not match.held)
    return Alignment(match.source, match.holder, match.line, match.first, lines, match.ended, True, match.torn)


@dataclass(frozen=True)
class Begin:
    """The beginning of a source: where its first records stand, and the text from there on."""

    source: Surveyed
    offset: int
    line: int
    ahead: bytes


def begin_of(source: Surveyed) -> Begin | None:
    """The beginning of a source; None where its probe is not found again."""
    text = b""
    for piece in whole_lines(Stream(source.source.path), AHEAD):
        text += piece
        at = _line_at(text, source.probe, 0)
        if (at >= 0 and len(text) - at >= AHEAD) or len(text) > 64 * AHEAD:
            break
    at = _line_at(text, source.probe, 0)
    return None if at < 0 else Begin(source, at, 1 + text.count(b"\n", 0, at), text[at : at + AHEAD])


def lines_from(source: Surveyed, first: int, count: int) -> Iterator[bytes]:
    """Up to `count` lines of a source from line `first` on."""
    skip = first - 1
    for piece in whole_lines(Stream(source.source.path)):
        rows = piece.removesuffix(b"\n").split(b"\n")
        chosen = rows[skip : skip + count]
        skip, count = max(skip - len(rows), 0), count - len(chosen)
        yield from chosen
        if count <= 0:
            return


class Index:
    """The beginnings of all sources, by their first line."""

    def __init__(self, begins: Iterable[Begin]) -> None:
        self.by_line: dict[bytes, list[Begin]] = {}
        for begin in begins:
            self.by_line.setdefault(_first_line(begin.ahead), []).append(begin)

    def within(self, data: bytes) -> list[Begin]:
        """Those of which the first line is a line of `data`."""
        hits = self.by_line.keys() & set(data.replace(b"\r", b"").split(b"\n"))
        return [begin for line in sorted(hits) for begin in self.by_line[line]]


def _first_line(text: bytes) -> bytes:
    return text.split(b"\n", 1)[0].rstrip(b"\r")


def align(holder: Surveyed, wanted: list[Begin], index: Index) -> Iterator[Alignment]:
    """For each of `wanted` that `holder` holds the beginning of: the place from which they agree for longest."""
    names = {begin.source.name for begin in wanted}
    places: dict[str, list[tuple[int, int]]] = {}
    for data, offset, line, fresh, ended in _windows(holder):
        for begin in wanted if len(wanted) <= FEW else index.within(data):
            if begin.source.name in names:
                for at in _agreeing(data, begin, fresh, ended):
                    _keep(places.setdefault(begin.source.name, []), (offset + at, line + data.count(b"\n", 0, at)))
    for begin in wanted:
        if begin.source.name in places:
            runs = [_follow(holder, begin, offset, line) for offset, line in places[begin.source.name]]
            yield max(runs, key=lambda run: (run.ended, run.lines, -run.line))


def _keep(places: list[tuple[int, int]], place: tuple[int, int]) -> None:
    """Of many places the first and the last few."""
    if len(places) == 2 * MOST_PLACES:
        del places[MOST_PLACES]
    places.append(place)


def _line_at(text: bytes, line: bytes, start: int) -> int:
    """The first place from `start` on where `line` is a whole line; -1 where there is none."""
    at = text.find(line, start)
    while at >= 0:
        if (not at or text[at - 1] == 10) and text[at + len(line) : at + len(line) + 1] in (b"\n", b"\r", b""):
            return at
        at = text.find(line, at + 1)
    return -1


def _agreeing(data: bytes, begin: Begin, fresh: int, ended: bool) -> Iterator[int]:
    """The places before `fresh` from which `data` agrees with a beginning as far as both are known."""
    at = _line_at(data, begin.source.probe, 0)
    while 0 <= at < fresh:
        there = data[at : at + len(begin.ahead)]
        if there == begin.ahead or (ended and begin.ahead.startswith(there)):
            yield at
        at = _line_at(data, begin.source.probe, at + 1)


def _windows(holder: Surveyed) -> Iterator[tuple[bytes, int, int, int, bool]]:
    """The text in stretches that overlap: text, its offset and line, how much of it is new, whether it is the end."""
    pieces = whole_lines(Stream(holder.source.path))
    data, offset, line = next(pieces, b""), 0, 1
    for piece in pieces:
        data += piece
        fresh = data.rfind(b"\n", 0, max(len(data) - AHEAD, 0)) + 1
        yield data, offset, line, fresh, False
        line += data.count(b"\n", 0, fresh)
        offset += fresh
        data = data[fresh:]
    yield data, offset, line, len(data), True


def _follow(holder: Surveyed, begin: Begin, offset: int, line: int) -> Alignment:
    """How far the two agree from there on."""
    lines, torn, ended, held = _run(_from(holder, offset), _from(begin.source, begin.offset))
    # A source that breaks off in a line holds a copy of that line; one that goes on where its holder breaks off not.
    return Alignment(holder, begin.source, begin.line, line, lines + (torn and held), ended, held, torn)


def _from(source: Surveyed, offset: int) -> Iterator[bytes]:
    for piece in whole_lines(Stream(source.source.path)):
        if offset >= len(piece):
            offset -= len(piece)
            continue
        yield piece[offset:]
        offset = 0


def _run(holder: Iterator[bytes], source: Iterator[bytes]) -> tuple[int, bool, bool, bool]:
    """The whole lines that two texts share, whether a part of a line follows, whether they agreed until one of them
    ended, and whether `source` did."""
    left, right = b"", b""
    lines = 0
    torn = False  # the shared stretch has not reached its newline
    while True:
        left, right = left or next(holder, b""), right or next(source, b"")
        n = min(len(left), len(right))
        if not n:
            return lines, torn, True, not right
        if left[:n] != right[:n]:
            return lines + left.count(b"\n", 0, _common(left[:n], right[:n])), False, False, False
        lines += left.count(b"\n", 0, n)
        torn = left[n - 1] != 10
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
