"""The marks of a report as incident.json has them: at, basis, confidence, reason, citations, runners-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from postmortem_timeline.archive.reports import choosing
from postmortem_timeline.archive.reports.choosing import LEAST, SURE, Candidate
from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.meaning import CERTAIN, Told
from postmortem_timeline.archive.reports.spans import Span
from postmortem_timeline.archive.reports.stated import Stated
from postmortem_timeline.archive.reports.windows import Window
from postmortem_timeline.incident import MARKS
from postmortem_timeline.times import EPOCH, rfc3339

Mark = dict[str, Any]
OTHERS = {
    "acknowledged": ("taken", 0.6),
    "declared": ("declared", 0.8),
    "identified": ("identified", 0.8),
    "resolved": ("resolved", 0.8),
}
WHY = {
    "impact_start": "no row tells when harm began",
    "detected": "no row tells that somebody noticed",
    "mitigated": "no row tells that harm was over",
    "acknowledged": "nobody acknowledges it in the report",
    "declared": "no declaration is in the report",
    "identified": "no row tells that the cause was found",
    "resolved": "no row tells that it was resolved",
    "closed": "no closing is in the report",
    "changed": "no change before the harm is in the report",
    "alerted": "a report does not say when the alarm reached somebody",
    "onset": "a report holds no signals",
    "first_public_update": "no public update is in the report",
}


def lifecycle(
    source: str,
    rows: Sequence[Told],
    known: Mapping[str, Stated],
    blank: Mapping[str, Fact],
    spans: Mapping[str, Span],
    windows: Sequence[Window],
    blamed: Sequence[Told],
) -> dict[str, Mark]:
    """Every mark of a report; null with its reason where the text does not carry it."""
    begins, notices = choosing.starts(rows, known, windows, blamed), choosing.detections(rows, known)
    overs = choosing.ends(rows, known, windows)
    if spans:  # what a stated duration points at may be told in words that no rule knows
        begins, notices, overs = (
            _any(rows, some, name)
            for some, name in ((begins, "impact_start"), (notices, "detected"), (overs, "mitigated"))
        )
    start, seen, over = choosing.choose(begins, notices, overs, spans)
    found = {name: unknown(WHY[name]) for name in MARKS}
    for name, chosen, among in (
        ("impact_start", start, begins),
        ("detected", seen, notices),
        ("mitigated", over, overs),
    ):
        if chosen and chosen.score >= LEAST[name] - 0.31:
            found[name] = _mark(source, chosen, among, known.get(name))
    for name, (meaning, least) in OTHERS.items():
        found[name] = _other(source, name, rows, known, meaning, least, seen, over) or found[name]
    if "closed" in known:
        found["closed"] = _known(source, known["closed"])
    changed = _changed(rows, start, blamed)
    if changed:
        found["changed"] = mark(
            changed.at,
            0.6 if changed in blamed else 0.4,
            "inferred",
            "the last change before the harm",
            cite(source, changed.row.line),
        )
    for name, fact in blank.items():
        if found[name]["at"] is None:
            found[name] = {
                **unknown(f"the report states “{fact.key}” without a time"),
                "citations": [cite(source, fact.line)],
            }
    return found


def _any(rows: Sequence[Told], some: list[Candidate], name: str) -> list[Candidate]:
    have = {one.at for one in some}
    weak = [
        Candidate(
            one.at, LEAST[name] - 0.3, "inferred", "the row that the stated duration points at", one.row.line, one
        )
        for one in rows
        if one.at not in have
    ]
    return some + weak


def _mark(source: str, chosen: Candidate, among: Sequence[Candidate], known: Stated | None) -> Mark:
    if chosen.score >= SURE and known:
        return _known(source, known)
    sure = 0.85 if chosen.basis == "stated" else min(0.8, 0.3 + 0.5 * max(chosen.score, 0.1))
    found = mark(chosen.at, sure, chosen.basis, chosen.reason, cite(source, chosen.line))
    others = sorted(
        (one for one in among if one.at != chosen.at and one.score > 0.3), key=lambda one: (-one.score, one.at)
    )
    found["alternatives"] = [_runner_up(source, one) for one in others[:3]]
    return found


def _runner_up(source: str, one: Candidate) -> Mark:
    sure = round(min(0.7, 0.25 + 0.4 * one.score), 3)
    return {
        "at": stamp(one.at),
        "confidence": sure,
        "basis": one.basis,
        "reason": one.reason,
        "citations": [cite(source, one.line)],
    }


def _known(source: str, one: Stated) -> Mark:
    reason = f"stated as “{one.key}”" + (f"; {one.meant}" if one.meant else "")
    found = mark(one.at, 0.8 if one.meant else 0.95, "stated", reason, cite(source, one.line))
    if one.written and one.written != one.at:
        found["alternatives"] = [
            {
                "at": stamp(one.written),
                "confidence": 0.2,
                "basis": "stated",
                "reason": "as it is written",
                "citations": found["citations"],
            }
        ]
    return found


def _other(
    source: str,
    name: str,
    rows: Sequence[Told],
    known: Mapping[str, Stated],
    meaning: str,
    least: float,
    seen: Candidate | None,
    over: Candidate | None,
) -> Mark | None:
    """A mark beside the three: stated, else the first row that tells it (the last for resolved)."""
    if name in known:
        return _known(source, known[name])
    since = over.at if name == "resolved" and over else seen.at if seen else None
    told = [
        one for one in rows if one.weight(meaning) >= least and not one.planned and (since is None or one.at >= since)
    ]
    if not told:
        return None
    best = (
        max(told, key=lambda one: (one.weight(meaning) >= CERTAIN, one.weight(meaning), one.at))
        if name == "resolved"
        else told[0]
    )
    basis = "stated" if best.weight(meaning) >= CERTAIN else "inferred"
    return mark(
        best.at,
        min(0.85, 0.7 * best.weight(meaning)),
        basis,
        f"a row tells that it was {name}",
        cite(source, best.row.line),
    )


def _changed(rows: Sequence[Told], start: Candidate | None, blamed: Sequence[Told]) -> Told | None:
    if start is None:
        return None
    before = [
        one
        for one in rows
        if one.change and one.at <= start.at and not one.weight("noticed") >= 0.7 and one.weight("over") < 0.8
    ]
    return next((one for one in reversed(before) if one in blamed), before[-1] if before else None)


def mark(at: datetime, confidence: float, basis: str, reason: str, citation: str) -> Mark:
    return {
        "at": stamp(at),
        "confidence": round(confidence, 3),
        "basis": basis,
        "origin": "inferred",
        "reason": reason,
        "citations": [citation],
        "alternatives": [],
    }


def unknown(reason: str) -> Mark:
    return {
        "at": None,
        "confidence": 0.0,
        "basis": "guess",
        "origin": "inferred",
        "reason": reason,
        "citations": [],
        "alternatives": [],
    }


def cite(source: str, line: int) -> str:
    return f"{source}:{line}"


def stamp(at: datetime) -> str:
    return rfc3339((at.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1) * 1000)
