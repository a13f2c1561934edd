"""The timeline that people read: at most 60 rows, each with the reason why it earned its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from postmortem_timeline.correlate.case import Windows, spans_of
from postmortem_timeline.correlate.echoes import echoes
from postmortem_timeline.correlate.entries import Entry, plain
from postmortem_timeline.correlate.marks import Mark, nanoseconds
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.signal_entries import of_patterns
from postmortem_timeline.correlate.told import told as records_of
from postmortem_timeline.correlate.told_entries import AROUND, of_groups
from postmortem_timeline.correlate.window_entries import of_windows
from postmortem_timeline.frame import TIMELINE_COLUMNS

LIMIT = 60
AT_ONCE = 60_000_000_000
UNSURE = 0.3  # confidence of a start that the exports miss
PINNED = 1000.0  # above every score of ours: what people pin never falls out before what we chose

# Ties in time are ordered by cause: what was changed, what broke, who was told, who took it, who spoke.
CAUSE = {"change": 0, "first_seen": 1, "burst": 1, "silence": 1, "alert": 2, "page": 3, "escalate": 3, "acknowledge": 4}
SPOKEN = {"chat": 5, "status": 6, "request": 1, "log": 1, "page": 3}

TEXTS = ("kind", "phase", "service", "actor", "summary", "reason")
NUMBERS = ("severity_number", "count", "sources")


def compose(
    marks: Mapping[str, Mark], windows: Windows, notables: pd.DataFrame, *, groups: pd.DataFrame | None = None,
    episodes: pd.DataFrame | None = None, changes: Sequence[Mapping[str, Any]] = (), suspects: Sequence[str] = (),
    failing: Sequence[str] = (), errors: Sequence[str] = (), annotations: Mapping[str, Any] | None = None,
    standing: Sequence[Entry] = (), limit: int = LIMIT,
) -> pd.DataFrame:  # fmt: skip
    """The timeline frame: the entries that tell the incident, in order; beyond `limit` the least telling fall out.

    in:  as for `phases`, and the marks that it found; episodes from `novelty`; annotations with `pinned` and `hidden`
         (citations) and `notes` (each {at, text}); `standing`: what stands out where no window tells of an outage
    out: TIMELINE_COLUMNS; start and end are datetime64[ns, UTC]
    """
    told, spans = records_of(notables), spans_of(windows)
    groups = echoes(notables) if groups is None else groups
    services = tuple(dict.fromkeys([*failing, *suspects]))
    start, end = _reach(marks, spans, told)
    known = any(mark["at"] is not None for mark in marks.values())
    standing = [e for e in standing if not known or (e.start <= end + AROUND and e.end >= start - AROUND)]
    # Without an outage what stands out says what the patterns do, and by its own measure.
    signals = of_patterns(episodes, start, end, services, errors) if spans else []
    found = [*of_windows(spans), *signals, *standing]
    found += of_groups(groups, {record.row: record for record in told}, marks, start, end, services, changes)
    kept = _best(_annotated(found, told, annotations or {}), limit)
    bounds = phase_bounds(marks, kept)
    return _frame([_row(entry, _phase(entry, bounds)) for entry in kept])


def _reach(marks: Mapping[str, Mark], spans: Sequence[Mapping[str, Any]], told: Sequence[Record]) -> tuple[int, int]:
    """From where to where the story reaches; all of the evidence where no mark bounds it."""
    known = {name: mark["at"] for name, mark in marks.items() if mark["at"] is not None}
    story = ("onset", "impact_start", "detected", "acknowledged", "mitigated", "resolved")
    times = [known[name] for name in story if name in known]
    times += [edge for window in spans for edge in (window["start"], window["end"])]
    times = times or [record.at for record in told] or [0]
    return min(times), max(times)


def _annotated(found: list[Entry], told: Sequence[Record], annotations: Mapping[str, Any]) -> list[Entry]:
    """People's word: hidden entries go, pinned ones stay whatever they score, notes are added."""
    hidden, pinned = set(annotations.get("hidden") or ()), set(annotations.get("pinned") or ())
    kept = [entry for entry in found if not hidden & set(entry.citations)]
    kept = [e._replace(score=PINNED + e.score) if pinned & set(e.citations) else e for e in kept]
    missing = pinned - {cited for entry in kept for cited in entry.citations} - hidden
    kept += [plain(record, "pinned", PINNED) for record in told if record.citation in missing]
    for note in annotations.get("notes") or ():
        at = nanoseconds(note.get("at"))
        if at is not None:
            end = nanoseconds(note.get("end"))
            names = {"service": note.get("service"), "actor": note.get("actor")}
            kept.append(Entry(at, end or at, "note", str(note.get("text") or ""), "note", PINNED, (), **names))
    return kept


def _best(found: Sequence[Entry], limit: int) -> list[Entry]:
    """The `limit` entries of the highest scores (of equals the earlier), in the timeline's order."""
    ranked = sorted(found, key=lambda entry: (-entry.score, entry.start, entry.citations, entry.summary))
    return sorted(ranked[:limit], key=_order)


def _order(entry: Entry) -> tuple[int, int, list[tuple[str, int, int]], str]:
    """Time, then cause, then the source's own order."""
    cause = CAUSE.get(entry.reason, SPOKEN.get(entry.kind, 5))
    return (
        entry.start,
        SPOKEN["chat"] if entry.kind == "chat" else cause,
        [_place(c) for c in entry.citations[:1]],
        entry.summary,
    )


def _place(citation: str) -> tuple[str, int, int]:
    source, _, place = citation.rpartition(":")
    line, _, ordinal = place.partition("#")
    return source, int(line) if line.isdigit() else 0, int(ordinal) if ordinal.isdigit() else 0


def phase_bounds(marks: Mapping[str, Mark], ordered: Sequence[Entry]) -> list[tuple[int, str]]:
    """Where each phase begins; one without its mark, or that would begin before its forerunner, is skipped.

    before | impact | response      | mitigation     | recovery      | after
           harm     acknowledged    first decision   last failure    resolved
    """

    def at(*names: str) -> int | None:
        return next((marks[name]["at"] for name in names if name in marks and marks[name]["at"] is not None), None)

    harm, taken, over, ended = (
        at("impact_start", "onset", "detected"),
        at("acknowledged", "alerted"),
        at("mitigated"),
        at("resolved", "closed"),
    )
    noticed, first = at("detected"), marks.get("impact_start")
    if harm is not None and noticed is not None and first is not None and (first["confidence"] or 0) <= UNSURE:
        harm = min(harm, noticed)  # "at or before": it was there when it was noticed
    low = max([edge for edge in (harm, taken) if edge is not None], default=0)
    acts = (
        e.start
        for e in ordered
        if e.reason in ("decision", "action") and e.start >= low and (over is None or e.start < over)
    )
    begins = {"impact": harm, "response": taken, "mitigation": next(acts, None), "recovery": over, "after": ended}
    bounds: list[tuple[int, str]] = []
    for phase, begin in begins.items():
        if begin is not None:
            # The last failed request and the resolve still belong to what they end.
            start = begin + (phase in ("recovery", "after"))
            if not bounds or start >= bounds[-1][0]:
                bounds.append((start, phase))
    return bounds


def _phase(entry: Entry, bounds: Sequence[tuple[int, str]]) -> str:
    """By its start; what broke moments before the first request failed, and went on, is of the first phase."""
    found = next((phase for begin, phase in reversed(bounds) if entry.start >= begin), "before")
    if found == "before" and bounds and entry.kind in ("log", "request"):
        begin, first = bounds[0]
        if entry.end >= begin and begin - entry.start <= AT_ONCE:
            return first
    return found


def rephased(timeline: pd.DataFrame, marks: Mapping[str, Mark]) -> pd.DataFrame:
    """A timeline in order of time, with the phases that `marks` give its entries."""
    ordered = timeline.sort_values("start", kind="stable").reset_index(drop=True)
    entries = [
        Entry(row.start.value, row.end.value, row.kind, row.summary, row.reason, row.score, tuple(row.citations))
        for row in ordered.itertuples()
    ]
    bounds = phase_bounds(marks, entries)
    return ordered.assign(phase=pd.Series([_phase(entry, bounds) for entry in entries], dtype="str"))


def _row(entry: Entry, phase: str) -> dict[str, Any]:
    return {**entry._asdict(), "phase": phase, "score": round(entry.score, 3), "citations": list(entry.citations)}


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(TIMELINE_COLUMNS))
    for name in ("start", "end"):
        frame[name] = pd.to_datetime(frame[name].astype("int64"), utc=True, unit="ns").astype("datetime64[ns, UTC]")
    return frame.astype(dict.fromkeys(TEXTS, "str") | dict.fromkeys(NUMBERS, "int64") | {"score": "float64"})
