"""A first look at every source: what it is, when it begins and ends, and which year its stamps mean."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from postmortem_timeline.ingest.block import parse_block
from postmortem_timeline.ingest.decode import SAMPLE, Stream, clean
from postmortem_timeline.ingest.detect import Plan, detect
from postmortem_timeline.ingest.discover import Source
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.ingest.paths import host_of, service_of
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.timestamps import NAT, Dating

TAIL = 1 << 15
BIG = 1 << 20


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
    probe: bytes = b""  # the first record lines, to find them again in another source
    yearless: bool = False
    size: int = 0
    siblings: dict[str, Path] = field(default_factory=dict)  # where each source of the run lies, by name

    @property
    def name(self) -> str:
        return self.source.name

    def entry(self) -> Entry:
        """An empty ledger row of the source."""
        plan = self.plan
        row = Entry(self.name, plan.name if plan else "", plan.confidence if plan else 0.0, plan.reason if plan else self.reason)
        row.notes = [*([self.reason] if self.reason else []), *self.source.notes, *self.notes]
        return row


def survey(source: Source, zone: str | None = None) -> Surveyed:
    """Look at the beginning (and the end, where that can be reached at once) of one source."""
    context = SourceContext(source.name, service_of(source.name), host_of(source.name), zone)
    if source.skipped:
        return Surveyed(source, None, context, source.skipped)
    stream = Stream(source.path)
    pieces = stream.pieces(SAMPLE)
    head = clean(next(pieces, b""))
    whole = next(pieces, None) is None
    size = source.path.stat().st_size
    if stream.binary:
        return Surveyed(source, None, context, "binary: no text that we know", size=size)
    if not head:
        return Surveyed(source, None, context, stream.broken or "empty", size=size)
    sample, tail = head, _tail(source, stream, size)
    plan = detect(_whole_lines(sample) + tail, source.name)
    context = replace(context, header=plan.header, delimiter=plan.delimiter)
    found = Surveyed(source, plan, context, size=size)
    if stream.encoding != "utf-8":
        found.notes.append(f"encoding {stream.encoding}")
    if plan.export is None and not plan.formats:
        found.reason = plan.reason
    if plan.export is None and plan.formats:
        _span(found, _whole_lines(sample), tail, whole)
    return found


def _whole_lines(sample: bytes) -> bytes:
    cut = sample.rfind(b"\n") + 1
    return sample[:cut] if cut else sample


def _tail(source: Source, stream: Stream, size: int) -> bytes:
    """The last lines of a big plain file; nothing for what is compressed or transcoded."""
    if size < BIG or stream.encoding != "utf-8":
        return b""
    with source.path.open("rb") as file:
        if file.read(2) in (b"\x1f\x8b", b"BZ", b"\xfd7", b"\x28\xb5"):
            return b""
        file.seek(size - TAIL)
        tail = file.read()
    return clean(tail[tail.find(b"\n") + 1 :].decode("utf-8", "replace").encode())


def _span(found: Surveyed, sample: bytes, tail: bytes, whole: bool) -> None:
    assert found.plan is not None
    head = sample[: 1 << 16]
    head = head[: head.rfind(b"\n") + 1] or head
    block = parse_block(head, found.plan, found.context)
    found.first_ns, found.last_ns = block.entry.first_ns, block.entry.last_ns
    found.yearless = any(b.quality[b.time_ns != NAT].max(initial=0) == 2 for b in block.batches if len(b))
    starts = sorted(int(row) for b in block.batches if b.format != "unparsed" for row in b.rows[:3])[:3]
    rows = head.split(b"\n")
    found.probe = b"\n".join(rows[starts[0] : starts[0] + 3]) if starts else b""
    if tail:
        last = parse_block(tail, found.plan, found.context).entry.last_ns
        found.last_ns = max(found.last_ns, last)
    elif not whole or len(sample) > len(head):
        found.last_ns = NAT  # compressed or cut: its end is not known yet


def date_sources(surveyed: list[Surveyed]) -> None:
    """Give every source whose stamps carry no year the year that its neighbours, name or file speak for."""
    from postmortem_timeline.ingest.years import year_of

    spans = [(s.first_ns, s.last_ns if s.last_ns != NAT else s.first_ns) for s in surveyed if s.first_ns != NAT and not s.yearless]
    for found in surveyed:
        if found.yearless and found.first_ns != NAT and found.plan is not None:
            year, reason = year_of(found.source, found.first_ns, spans)
            found.notes.append(f"year {year} {reason}")
            shift = _in_year(found.first_ns, year)
            found.context = replace(found.context, dating=Dating(year, shift))
            found.first_ns, found.last_ns = shift, NAT if found.last_ns == NAT else _in_year(found.last_ns, year)


def _in_year(ns: int, year: int) -> int:
    """The same month, day and time of another year."""
    from datetime import datetime, timedelta

    moment = datetime(1970, 1, 1) + timedelta(microseconds=ns // 1000)
    try:
        moved = moment.replace(year=year)
    except ValueError:  # 29 February in a year that has none
        moved = moment.replace(year=year, month=3, day=1)
    return ns + int((moved - moment).total_seconds()) * 1_000_000_000
