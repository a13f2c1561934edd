"""Copies: stretches of one source that stand, byte for byte, in another as well."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from postmortem_timeline.ingest.alignment import FEW, Alignment, Begin, Index, align, begin_of, lines_from, turned
from postmortem_timeline.ingest.decode import Stream
from postmortem_timeline.ingest.paths import host_of
from postmortem_timeline.ingest.survey import Surveyed
from postmortem_timeline.parsing.timestamps import NAT

SLACK_NS = 2_000_000_000
SHORTEST = 48  # bytes of a probe that two sources could not both begin with by chance
SHAPES = 8  # lines, times aside, that two hosts do not log alike by chance
TIME = re.compile(
    rb"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?|[0-9]{2,4}[-/](?:[0-9]{2}|[A-Z][a-z]{2})[-/][0-9]{2,4}|1[0-9]{9,18}"
)
WHOLE = 1 << 62


@dataclass(frozen=True)
class CopyRange:
    """Lines [first, last] of `source` are copies; line n's twin is `twin`:n + delta."""

    source: str
    first: int
    last: int
    twin: str
    delta: int

    @property
    def note(self) -> str:
        """What the ledger says of it."""
        if self.last >= WHOLE:
            return f"the whole is a copy of {self.twin}"
        return f"lines {self.first} to {self.last} are copies of {self.twin}:{self.first + self.delta} and after"


def find_copies(surveyed: list[Surveyed]) -> list[CopyRange]:
    """Where a source begins with lines that an earlier one holds: rotated and current file, a file under two names,
    a download that was retried, exports that overlap. A line is a copy once, of the first source that holds it."""
    found = _same_documents(surveyed)
    lines = [s for s in surveyed if len(s.probe) >= SHORTEST and s.first_ns != NAT]
    order = sorted(lines, key=lambda s: (s.first_ns, -s.size, s.name))
    formats = {s.name: {f.name for f in s.plan.formats} for s in order if s.plan is not None}
    begins: dict[str, Begin | None] = {}
    index = Index(())
    matches: dict[str, Alignment] = {}
    for holder in order:
        wanted = [s for s in _in_reach(order, holder) if formats[s.name] & formats[holder.name]]
        if len(wanted) > FEW and not index.by_line:
            begins = {s.name: begin_of(s) for s in order}
            index = Index(begin for begin in begins.values() if begin)
        for source in (holder, *wanted) if wanted else ():
            if source.name not in begins:
                begins[source.name] = begin_of(source)
        known = [begin for s in wanted if (begin := begins[s.name])]
        for match in align(holder, known, index) if known else ():
            _take(match, begins[holder.name], matches)
    return found + [_range(matches[s.name]) for s in order if s.name in matches]


def _in_reach(order: list[Surveyed], holder: Surveyed) -> list[Surveyed]:
    """The sources that begin within the time that `holder` covers."""
    first = bisect_left(order, holder.first_ns, key=lambda s: s.first_ns)
    end = len(order)
    if holder.last_ns != NAT:
        end = bisect_right(order, max(holder.last_ns, holder.first_ns) + SLACK_NS, key=lambda s: s.first_ns)
    return [s for s in order[first:end] if s is not holder]


def _take(match: Alignment, begin: Begin | None, matches: dict[str, Alignment]) -> None:
    """Remember a match, unless it is none, worse than what is known of its source, or closes a circle of copies."""
    if match.ended and not match.held and begin and match.line <= begin.line:
        match = turned(match)  # the holder, which begins there too, broke off: it is the copy, and as a whole
    if not _is_copy(match) or _turns(match, matches):
        return
    old = matches.get(match.source.name)
    if old is None or match.lines > old.lines:
        matches[match.source.name] = match


def _same_documents(surveyed: list[Surveyed]) -> list[CopyRange]:
    """Nested exports that stand twice as a whole."""
    first: dict[tuple[str, bytes], str] = {}
    found = []
    for source in sorted(
        (s for s in surveyed if s.plan is not None and s.plan.export is not None), key=lambda s: s.name
    ):
        assert source.plan is not None
        digest = hashlib.sha256()
        for piece in Stream(source.source.path).pieces():
            digest.update(piece)
        twin = first.setdefault((source.plan.name, digest.digest()), source.name)
        if twin != source.name:
            found.append(CopyRange(source.name, 0, WHOLE, twin, 0))
    return found


def _is_copy(match: Alignment) -> bool:
    """Whether what agrees is one text, not a program that says the same again, or two that say the same.

    It runs to the end of one of the two; it is more than one line said over and over; and where the paths name two
    hosts, it says more than a heartbeat does.
    """
    if not match.ended or match.lines < 1:
        return False
    hosts = {host_of(match.holder.name), host_of(match.source.name)}
    enough = 1 if None in hosts or len(hosts) == 1 else SHAPES
    seen: set[bytes] = set()
    timeless: set[bytes] = set()
    for line in lines_from(match.source, match.first, match.lines):
        seen.add(line)
        timeless.add(TIME.sub(b"", line))
        if len(seen) > 1 and len(timeless) >= enough:
            return True
    return enough == 1 and match.lines == 1 and not _said_again(match)


def _said_again(match: Alignment) -> bool:
    """Whether the one line that agrees is also the one before it, or the one after."""
    before = list(lines_from(match.holder, max(match.line - 1, 1), 2))
    after = list(lines_from(match.source, match.first, 2))
    return (match.line > 1 and len(set(before)) == 1) or (len(after) > 1 and len(set(after)) == 1)


def _turns(match: Alignment, matches: dict[str, Alignment]) -> bool:
    """Whether the holder is itself a copy of the source, by way of others maybe, so that all would be dropped."""
    seen, name = {match.source.name}, match.holder.name
    while name not in seen and name in matches:
        seen.add(name)
        name = matches[name].holder.name
    return name in seen


def _range(match: Alignment) -> CopyRange:
    return CopyRange(
        match.source.name, match.first, match.first + match.lines - 1, match.holder.name, match.line - match.first
    )
