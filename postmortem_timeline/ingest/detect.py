"""Which formats a source is written in, by its content: with what confidence, and why."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.formats import registry
from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest import engines
from postmortem_timeline.ingest.glance import Glance
from postmortem_timeline.ingest.inferred import infer_lines
from postmortem_timeline.ingest.listed import listed, listings, may_list, sample_of
from postmortem_timeline.ingest.shortlist import Shortlist
from postmortem_timeline.ingest.unwrap import inner_lines
from postmortem_timeline.parsing import delimited, jsonl, w3c
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.continuation import owners
from postmortem_timeline.parsing.listing import Listing
from postmortem_timeline.parsing.objects import Objects, fitting
from postmortem_timeline.parsing.text import Bools, Lines, Text, split_lines

MOST_LINES = 400
FIRST_LINES = 40
THRESHOLD = 0.5  # of a sample's records; below it a format only joins others
SURE = 0.9  # of a sample's records, by several formats together
JOINS = 0.002  # the share of a sample that a further format of a mixed file must claim
SHARES = 0.01  # the same of lines that records of another format take in, whatever these say
MOST_FORMATS = 5
DEPTH = 3  # wrappers within wrappers
KNOWN = 0.05  # the share of some JSON lines from which on a particular format goes before a general one
HEADED = ("delimited", "w3c")  # engines whose files name their columns


@dataclass(frozen=True)
class Plan:
    """How a source will be read: an export's module, or formats tried in order on the lines that are left."""

    formats: tuple[Format, ...] = ()
    export: ModuleType | Listing | None = None  # a document's own parser, or where its records lie
    confidence: float = 0.0
    reason: str = ""
    header: tuple[str, ...] = ()
    delimiter: str = ""
    inner: dict[str, Plan] = field(default_factory=dict)  # by wrapper format
    newlines: frozenset[str] = frozenset()  # wrappers that keep the newline of what they wrap

    @property
    def name(self) -> str:
        """The chain of formats, for the ledger: `cri>python_logging`, several joined by `+`."""
        if self.export is not None and not isinstance(self.export, Listing):
            return str(self.export.NAME)
        parts = []
        for fmt in self.formats:
            inner = self.inner.get(fmt.name)
            parts.append(fmt.name + (f">{inner.name}" if inner and inner.formats else ""))
        return "+".join(parts)


def detect(sample: bytes, name: str) -> Plan:
    """The plan for a source of which `sample` is the decoded beginning."""
    lines = split_lines(Text.of(sample))
    export = None if _plainly_requests(lines) else _export(sample, name)
    if export is not None and not any(fmt.own for fmt in registry.declared()):
        return export
    plan = _listed_or_lined(sample, lines, name)
    return plan if export is None or _owned(plan, export) else export


def _owned(plan: Plan, export: Plan) -> bool:
    """Whether a user's own format reads a document no worse than the export that it looks like."""
    own = bool(plan.formats) and plan.formats[0].own
    return own and round(plan.confidence, 1) >= round(export.confidence, 1)


def _listed_or_lined(sample: bytes, lines: Lines, name: str) -> Plan:
    if may_list(lines) and (document := listed(sample, lambda records: detect_lines(records, name))):
        return document
    if len(lines) > MOST_LINES:
        head, spread = np.arange(MOST_LINES * 3 // 4), np.linspace(0, len(lines) - 1, MOST_LINES // 4).astype(int)
        lines = lines.take(np.unique(np.concatenate([head, spread])))
    return detect_lines(lines, name)


def _plainly_requests(lines: Lines) -> bool:
    """Whether the first lines are those of an access log, which no document looks like: its readers need not be loaded."""
    if not len(lines) or lines.text.buf[int(lines.start[0])] in b"{[<":
        return False
    first = lines.take(np.arange(min(len(lines), FIRST_LINES)))
    glance, shortlist = Glance(first), Shortlist(first)  # which are so few that all of them are looked at
    requests = (f for f in registry.declared() if f.kind == "request" and f.engine == "dissect" and shortlist.admits(f))
    return any(glance.claims(f, SourceContext(), shortlist.layouts_of(f))[0].mean() >= SURE for f in requests)


def _export(sample: bytes, name: str) -> Plan | None:
    head = sample[:65536]  # one object: what is learnt of it is remembered by its hash
    scored = [(module.sniff(head, name), module.NAME, module) for module in registry.exports()]
    best = max(scored, key=lambda s: (s[0], s[1]), default=None)
    if best is None or best[0] < THRESHOLD:
        return None
    return Plan(export=best[2], confidence=best[0], reason=f"the document has the shape of {best[2].TITLE}")


def detect_lines(lines: Lines, name: str, depth: int = 0) -> Plan:
    """The plan for lines: the best format, then those that claim what it leaves."""
    lines = _without_blanks(lines)
    if not len(lines):
        return Plan(reason="nothing but blank lines")
    header, delimiter = heading(lines)
    context = SourceContext(header=header, delimiter=delimiter)
    chosen: list[Format] = []
    claimed = np.full(len(lines), -1, np.int32)
    confidence, reason = 0.0, ""
    while len(chosen) < MOST_FORMATS:
        rows, best = _next(lines, claimed, chosen, name, context)
        if best is None:
            break
        claimed[rows[best.taken]] = len(chosen)
        chosen.append(best.format)
        if not confidence:
            confidence = _share(lines, claimed, chosen)
            reason = f"{int(best.taken.sum())} of {len(lines)} sampled lines start a record of {best.format.name}"
    chosen, claimed = _joining_last(chosen, claimed)
    if not chosen or (confidence < THRESHOLD and _share(lines, claimed, chosen) < SURE):
        return _fallback(lines, chosen, claimed, context, confidence)
    inner = _inner(lines, claimed, chosen, name, context, depth)
    confidence = _share(lines, claimed, chosen)
    newlines = _newlines(lines, claimed, chosen, context)
    if not any(fmt.engine in HEADED for fmt in chosen):
        header, delimiter = (), ""  # a first line with commas in it is no header yet
    return Plan(tuple(chosen), None, confidence, reason, header, delimiter, inner, newlines)


def _next(
    lines: Lines, claimed: np.ndarray, chosen: list[Format], name: str, context: SourceContext
) -> tuple[np.ndarray, Score | None]:
    """The format that fits best what is left, and on which rows; what records of "any" lines take in is left in part."""
    free = _free(lines, claimed, chosen)
    taken_in = (claimed < 0) & ~free & np.array([("any" in f.continues and not f.later) for f in chosen], bool).any()
    for left, share in ((free, JOINS if chosen else 0.0), (taken_in, SHARES)):
        rows = np.flatnonzero(left)
        found = _scores(lines.take(rows), name, context, chosen) if len(rows) else []
        best = _first(found, MOST_FORMATS - len(chosen))
        if best is not None and best.taken.sum() >= max(1, share * len(lines)):
            return rows, best
    return np.zeros(0, np.intp), None


def _first(found: list[Score], room: int) -> Score | None:
    """The best of some formats; but a reader of any JSON waits for those that know a good part of its lines better."""
    best = found[0] if found else None
    if best is None or room < 2 or best.first or not _general(best.format):
        return best
    known = (s for s in found if s.format.engine == "jsonl" and s.format.group != "generic" and s.taken.mean() >= KNOWN)
    return max(known, key=lambda score: (score.format.specificity, score.share), default=best)


def _general(fmt: Format) -> bool:
    return fmt.engine == "jsonl" and fmt.group == "generic" and not fmt.match.get("required")


def _joining_last(chosen: list[Format], claimed: np.ndarray) -> tuple[list[Format], np.ndarray]:
    """Formats that join lines themselves come after those whose records would lie within."""
    order = sorted(range(len(chosen)), key=lambda i: chosen[i].engine == "paragraphs")
    place = np.argsort(np.array(order, np.int64)) if order else np.zeros(0, np.int64)
    return [chosen[i] for i in order], np.where(claimed >= 0, place[claimed], -1).astype(np.int32) if order else claimed


def plan_of(fmt: Format, sample: bytes, unwrap: bool = False) -> Plan:
    """The plan that reads a source as one format alone; with `unwrap` what its records wrap is looked at as ever."""
    if fmt.engine == "jsonl" and may_list(split_lines(Text.of(sample))):
        for listing, _ in listings(sample):
            plan = _plan_of(fmt, sample_of(listing, sample), unwrap)
            if plan.confidence >= THRESHOLD:
                return replace(plan, export=listing)
    return _plan_of(fmt, split_lines(Text.of(sample)), unwrap)


def _plan_of(fmt: Format, lines: Lines, unwrap: bool) -> Plan:
    lines = _without_blanks(lines)
    header, delimiter = heading(lines) if fmt.engine in HEADED and len(lines) else ((), "")
    context = SourceContext(header=header, delimiter=delimiter)
    claimed = np.where(_taken(fmt, lines, context), 0, -1).astype(np.int32)
    inner = _inner(lines, claimed, [fmt], "", context, 0) if unwrap else {}
    newlines = _newlines(lines, claimed, [fmt], context)
    return Plan((fmt,), None, _share(lines, claimed, [fmt]), "", header, delimiter, inner, newlines)


def _fallback(
    lines: Lines, chosen: list[Format], claimed: np.ndarray, context: SourceContext, confidence: float
) -> Plan:
    """No format is sure: the generic reader takes what holds a time, after formats that claimed a few lines."""
    free = np.flatnonzero(claimed < 0)
    timed = engines.claims(engines.GENERIC, lines.take(free), context)
    keep = [f for i, f in enumerate(chosen) if (claimed == i).sum() > 1]
    if inferred := infer_lines(lines.take(free), context):
        fmt, reason = inferred
        claimed = np.where(np.isin(claimed, [chosen.index(f) for f in keep]), claimed, -1)
        claimed[free[_taken(fmt, lines.take(free), context)]] = len(keep)
        table = fmt.engine == "delimited"
        inner = _inner(lines, claimed, [*keep, fmt], "", context, DEPTH - 1)
        header, delimiter = (context.header, context.delimiter) if table else ((), "")
        read = [*keep, fmt, *([engines.GENERIC] if timed[claimed[free] < 0].any() else [])]
        sure = min(_share(lines, claimed, [*keep, fmt]), 0.49)
        return Plan(tuple(read), None, sure, reason, header, delimiter, inner)
    if not timed.any() and not chosen:
        return Plan(reason="no line holds a time that is known")
    share = float((timed.sum() + (claimed >= 0).sum()) / len(lines))
    reason = f"no known format; {int(timed.sum())} of {len(lines)} sampled lines hold a time"
    return Plan((*keep, engines.GENERIC), None, min(share, 0.49), reason)


def _free(lines: Lines, claimed: np.ndarray, chosen: list[Format]) -> Bools:
    """Lines that are neither records nor continuations of what is chosen so far."""
    owner = owners(claimed, lines, np.zeros(len(lines), bool), [f.continues for f in chosen])
    return (claimed < 0) & (owner < 0)


def _share(lines: Lines, claimed: np.ndarray, chosen: list[Format]) -> float:
    free = _free(lines, claimed, chosen)
    records = int((claimed >= 0).sum())
    return records / max(records + int(free.sum()), 1)


@dataclass(frozen=True)
class Score:
    """How well one format fits some lines."""

    format: Format
    taken: Bools  # which lines start a record
    share: float  # of the lines that are not continuations of its records
    particular: int  # how particular what fits them is
    named: bool  # whether the source is named as its files usually are

    @property
    def key(self) -> tuple[float, bool, int, int]:
        """What decides between formats: the share of records, then the user's own, the particular, then the name."""
        return round(self.share, 1), self.first, self.particular, int(self.named)

    @property
    def first(self) -> bool:
        """Whether a user's own format goes before others: where it says no names, or the source has one of them."""
        return self.format.own and (self.named or not self.format.names)


def scores(sample: bytes, name: str) -> list[Score]:
    """How well each declared format fits the beginning of a source; the best first, those that fit no line left out."""
    lines = split_lines(Text.of(sample))
    if may_list(lines) and (document := listed(sample, lambda records: detect_lines(records, name))):
        lines = sample_of(document.export, sample)  # type: ignore[arg-type]
    lines = _without_blanks(lines)
    if not len(lines):
        return []
    header, delimiter = heading(lines)
    return _scores(lines, name, SourceContext(header=header, delimiter=delimiter), ())


def _scores(lines: Lines, name: str, context: SourceContext, exclude: Sequence[Format]) -> list[Score]:
    shapes = jsonl.by_shape(*jsonl.decode_lines(lines))
    examples = Objects([example for _, example in shapes])
    glance, shortlist = Glance(lines), Shortlist(lines)
    found = []
    for fmt in registry.declared():
        if fmt in exclude or not shortlist.admits(fmt) or (fmt.engine == "delimited" and not _header_fits(fmt, context.header)):
            continue
        particular = fmt.specificity
        if fmt.engine == "jsonl":
            taken = np.zeros(len(lines), bool)
            for (rows, _), fit in zip(shapes, fitting(fmt, examples).tolist() if shapes else (), strict=True):
                taken[rows] = fit
        elif fmt.engine == "dissect":
            taken, particular = glance.claims(fmt, context, shortlist.layouts_of(fmt))
        else:
            taken = _taken(fmt, lines, context)
        if taken.any():
            found.append(_score(fmt, lines, taken, particular, name))
    return sorted(found, key=lambda score: (*score.key, score.format.name), reverse=True)


def _taken(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """The lines that start a record of the format, or lie within one that it joins itself."""
    if fmt.engine == "w3c":
        taken = engines.claims(fmt, lines, context)
        return taken | w3c.marked(lines) if taken.any() else taken
    if fmt.engine != "delimited":
        return engines.claims(fmt, lines, context)
    taken = np.zeros(len(lines), bool)
    for batch in engines.parse(fmt, lines, context):
        taken[batch.rows] = True
        taken |= delimited.joined_rows(batch, len(lines))
    if taken.any() and context.header and heading(lines)[0] == context.header:
        taken[0] = True  # its header is its own
    return taken


def _without_blanks(lines: Lines) -> Lines:
    """The lines that are not blank; their numbers show gaps only where lines were left out before."""
    blank = lines.blank()
    return replace(lines, number=lines.number - np.cumsum(blank)).take(~blank)


def _score(fmt: Format, lines: Lines, taken: Bools, particular: int, name: str) -> Score:
    share = _share(lines, np.where(taken, 0, -1).astype(np.int32), [fmt])
    if fmt.continues == ("any",):
        share = min(share, float(taken.mean()) + 0.5)
    base = name.rsplit("/", 1)[-1].lower()
    return Score(fmt, taken, share, particular, any(fnmatch.fnmatch(base, pattern.lower()) for pattern in fmt.names))


def heading(lines: Lines) -> tuple[tuple[str, ...], str]:
    """The names of the columns, and what stands between them; of a W3C log the lines that say so."""
    if said := w3c.directives(lines):
        return said, ""
    first = lines.text.slice(int(lines.start[0]), int(lines.end[0])).decode("utf-8", "replace")
    counts = Counter({d: first.count(d) for d in ",\t;|"})
    delimiter, count = max(counts.items(), key=lambda item: (item[1], item[0] == ","))
    if not count:
        return (), ""
    return delimited.header_of(first, delimiter), delimiter


def _header_fits(fmt: Format, header: tuple[str, ...]) -> bool:
    if fmt.match.get("fields"):
        return True
    if not header:
        return False
    have = {h.lower() for h in header}
    required = [h.lower() for h in fmt.match.get("header", ())]
    groups = [[h.lower() for h in group] for group in fmt.match.get("any", ())]
    return all(h in have for h in required) and all(any(h in have for h in group) for group in groups)


def _inner(
    lines: Lines, claimed: np.ndarray, chosen: list[Format], name: str, context: SourceContext, depth: int
) -> dict[str, Plan]:
    """For each wrapper among the chosen formats, the plan for what its records wrap."""
    plans: dict[str, Plan] = {}
    newlines = _newlines(lines, claimed, chosen, context)
    for number, fmt in enumerate(chosen):
        if fmt.wraps is None or depth >= DEPTH:
            continue
        own = lines if fmt.below else lines.take(claimed == number)  # what is wrapped may stand under the first line
        for batch in engines.parse(fmt, own, context):
            wrapped = inner_lines(batch, fmt, fmt.name in newlines)
            if wrapped is None or not len(wrapped.lines):
                continue
            plan = detect_lines(wrapped.lines, name, depth + 1)
            formats = tuple(f for f in plan.formats if f is not engines.GENERIC)
            if formats:
                old = plans.get(fmt.name)
                merged = (*old.formats, *(f for f in formats if f not in old.formats)) if old else formats
                within = {**(old.inner if old else {}), **plan.inner}
                kept = plan.newlines | (old.newlines if old else frozenset())
                plans[fmt.name] = Plan(merged, None, plan.confidence, plan.reason, inner=within, newlines=kept)
    return plans


def _newlines(lines: Lines, claimed: np.ndarray, chosen: list[Format], context: SourceContext) -> frozenset[str]:
    """The wrappers some of whose records end in the newline of what they wrap."""
    found = set()
    for number, fmt in enumerate(chosen):
        if fmt.wraps is None or fmt.engine == "dissect":  # a line's field never holds its newline
            continue
        for batch in engines.parse(fmt, lines.take(claimed == number), context):
            bodies = batch.arrow(fmt.wraps)
            if bodies is not None and pc.any(pc.ends_with(bodies.cast(pa.large_string()), "\n")).as_py():
                found.add(fmt.name)
    return frozenset(found)
