"""A first look at every source: what it is, when it begins and ends, and which year its stamps mean."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from postmortem_timeline.ingest.block import UNREAD, parse_block
from postmortem_timeline.ingest.blocks import whole_lines
from postmortem_timeline.ingest.decode import SAMPLE, Stream, clean, is_compressed
from postmortem_timeline.ingest.detect import Plan, detect
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.paths import host_of, service_of
from postmortem_timeline.ingest.source import Source
from postmortem_timeline.parsing.batch import INHERITED, YEAR_INFERRED, ZONE_ASSUMED, Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.timestamps import NAT, Dating

TAIL = 1 << 15
BIG = 1 << 20
LOOKS, LOOK = 6, 1 << 13  # stretches between the beginning and the end of a big plain file, and their length
LEAP_YEAR = 1972
EARLIEST = 315_532_800_000_000_000  # ns of 1980; a stamp before is counted from a start, not from the epoch
MONTH_NS = 31 * 86_400_000_000_000


@dataclass
class Surveyed:
    """A source with the plan to read it, or the reason why it is not read."""

    source: Source
    plan: Plan | None
    context: SourceContext
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    first_ns: int = NAT
    last_ns: int = NAT
    probe: bytes = b""  # the first line of the first record, to find it again in another source
    yearless: bool = False
    says: list[tuple[int, int]] = field(default_factory=list)  # the span of those that have one
    dateless: bool = False  # its stamps are times of day alone
    size: int = 0
    siblings: dict[str, Path] = field(default_factory=dict)  # where each source of the run lies, by name

    @property
    def name(self) -> str:
        return self.source.name

    def entry(self) -> Entry:
        """An empty ledger row of the source."""
        plan = self.plan
        row = Entry(
            self.name, plan.name if plan else "", plan.confidence if plan else 0.0, plan.reason if plan else self.reason
        )
        row.notes = [*([self.reason] if self.reason else []), *self.source.notes, *self.notes]
        return row


def survey(source: Source, zone: str | None = None) -> Surveyed:
    """Look at the beginning (and the end, where that can be reached at once) of one source."""
    # Stamps without a year are read as of a leap year at first, so that 29 February is one.
    context = SourceContext(source.name, service_of(source.name), host_of(source.name), zone, Dating(LEAP_YEAR))
    if source.skipped:
        return Surveyed(source, None, context, source.skipped)
    stream = Stream(source.path)
    pieces = whole_lines(stream, SAMPLE, 4 * SAMPLE)
    head = next(pieces, b"")
    whole = len(head) < SAMPLE and next(pieces, None) is None
    size = _size(source.path)
    if stream.binary:
        return Surveyed(source, None, context, "binary: no text that we know", size=size)
    if not head:
        return Surveyed(source, None, context, stream.broken or "empty", size=size)
    plain = size >= BIG and stream.encoding == "utf-8" and not is_compressed(source.path)
    tail = _text_at(source.path, size - TAIL, TAIL) if plain else b""
    between = [_text_at(source.path, size * k // (LOOKS + 1), LOOK) for k in range(1, LOOKS + 1)] if plain else []
    plan = detect(b"".join([_ended(head), *between, tail]), source.name)
    context = replace(context, header=plan.header, delimiter=plan.delimiter)
    found = Surveyed(source, plan, context, size=size)
    if stream.encoding != "utf-8":
        found.notes.append(f"encoding {stream.encoding}")
    if plan.export is None and not plan.formats:
        found.reason = plan.reason
    if plan.export is None and plan.formats:
        _span(found, head, tail, whole)
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it went away meanwhile
        return 0


def _ended(text: bytes) -> bytes:
    return text if text.endswith(b"\n") else text + b"\n"


def _text_at(path: Path, start: int, length: int) -> bytes:
    """The whole lines of a stretch of a plain file."""
    try:
        with path.open("rb") as file:
            file.seek(max(start, 0))
            raw = file.read(length)
    except OSError:
        return b""
    raw = raw[raw.find(b"\n") + 1 :]
    raw = raw if start + length >= path.stat().st_size else raw[: raw.rfind(b"\n") + 1]
    return clean(raw.decode("utf-8", "replace").encode())


def _span(found: Surveyed, sample: bytes, tail: bytes, whole: bool) -> None:
    """When a source begins and ends, whether its stamps carry a year, and the line to know it by."""
    assert found.plan is not None
    head = sample[: 1 << 16]
    head = head[: head.rfind(b"\n") + 1] or head
    block = parse_block(head, found.plan, found.context)
    found.first_ns, found.last_ns = block.entry.first_ns, block.entry.last_ns
    read = [b for b in block.batches if b.format != UNREAD and len(b)]
    found.yearless = any(b.quality[b.time_ns != NAT].max(initial=0) == YEAR_INFERRED for b in read)
    known = [b.quality[b.time_ns != NAT] for b in read]
    found.dateless = not found.yearless and any(map(len, known)) and all((q == INHERITED).all() for q in known)
    if found.yearless or found.dateless:
        found.first_ns, found.last_ns = _first_and_last(read)
    said = [t for b in read if len(t := b.time_ns[(b.time_ns != NAT) & (b.quality <= ZONE_ASSUMED)])]
    if found.yearless and said:
        found.says = [(int(min(t.min() for t in said)), int(max(t.max() for t in said)))]
    if read:
        found.probe = head.split(b"\n")[min(int(b.rows.min()) for b in read)].rstrip(b"\r")
    if tail:
        last = parse_block(tail, found.plan, found.context).entry.last_ns
        found.last_ns = last if (found.yearless or found.dateless) and last != NAT else max(found.last_ns, last)
    elif not whole or len(sample) > len(head):
        found.last_ns = NAT  # compressed or cut: its end is not known yet


def _first_and_last(batches: list[Batch]) -> tuple[int, int]:
    """The times of the first and the last record: where a year begins in between, the first is not the least."""
    rows = np.concatenate([b.rows for b in batches])
    times = np.concatenate([b.time_ns for b in batches])
    known = times != NAT
    times = times[known][np.argsort(rows[known], kind="stable")]
    return (int(times[0]), int(times[-1])) if len(times) else (NAT, NAT)


def date_sources(surveyed: list[Surveyed]) -> None:
    """Give every source whose stamps carry no year the year that its neighbours, name or file speak for."""
    from postmortem_timeline.ingest.years import DAY_NS, day_of, in_year, year_of

    dated = [s for s in surveyed if s.first_ns >= EARLIEST and not s.yearless and not s.dateless]
    spans = [(s.first_ns, s.last_ns if s.last_ns != NAT else s.first_ns) for s in dated]
    for found in surveyed:
        if found.dateless and (told := day_of(found.source, found.first_ns % DAY_NS, spans)):
            day, reason = told
            found.notes.append(f"its stamps have no date: {datetime.fromtimestamp(day // 10**9, UTC):%Y-%m-%d} {reason}")
            found.context = replace(found.context, dating=Dating(found.context.dating.year, day + found.first_ns % DAY_NS, True))
            clock = NAT if found.last_ns == NAT else day + found.last_ns % DAY_NS
            found.first_ns += day - found.first_ns // DAY_NS * DAY_NS
            found.last_ns = clock if clock == NAT or clock >= found.first_ns else clock + DAY_NS
        if found.yearless and found.first_ns != NAT and found.plan is not None:
            year, reason = year_of(found.source, found.first_ns, found.says or spans)
            reason = "from other stamps in it" if found.says else reason
            found.notes.append(f"year {year} {reason}")
            first = in_year(found.first_ns, year)
            found.context = replace(found.context, dating=Dating(year, first))
            last = NAT if found.last_ns == NAT else in_year(found.last_ns, year)
            if last != NAT and last < first - MONTH_NS:  # it goes on in the next year
                last = in_year(found.last_ns, year + 1)
            found.first_ns, found.last_ns = first, last if last == NAT else max(first, last)
