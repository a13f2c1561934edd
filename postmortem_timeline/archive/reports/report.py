"""One Markdown postmortem becomes an incident: its facts, rows, marks, durations, impact and action items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postmortem_timeline._version import __version__
from postmortem_timeline.archive.reports import (
    actions,
    blamed,
    dates,
    lifecycle,
    meaning,
    names,
    rows,
    stamps,
    stated,
    titles,
    zones,
)
from postmortem_timeline.archive.reports.facts import Fact, facts
from postmortem_timeline.archive.reports.impact import impact
from postmortem_timeline.archive.reports.layout import Line, lines
from postmortem_timeline.archive.reports.lifecycle import stamp
from postmortem_timeline.archive.reports.noticed import noticed_by
from postmortem_timeline.incident import SCHEMA_VERSION
from postmortem_timeline.postmortem import scrub
from postmortem_timeline.views import wording

FORMAT = "markdown_postmortem"
FORMULAS = {
    "time_to_detect_seconds": "detected - impact_start",
    "time_to_acknowledge_seconds": "acknowledged - detected",
    "time_to_mitigate_seconds": "mitigated - impact_start",
    "time_to_resolve_seconds": "resolved - impact_start",
}
PAIRS = (
    ("detect", "impact_start", "detected"),
    ("acknowledge", "detected", "acknowledged"),
    ("mitigate", "impact_start", "mitigated"),
    ("resolve", "impact_start", "resolved"),
)


@dataclass(frozen=True)
class Report:
    """What an import gives: the incident, its timeline rows, action items and the text, all fit to leave."""

    incident: dict[str, Any]
    rows: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    text: str


def read_report(text: str, source: str) -> Report:
    """The report of `text`; `source` is the name by which its lines are cited."""
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    walked = lines(text)
    found = facts(text, walked)
    first = dates.day_first(text)
    frame = stated.Frame(titles.day(found, walked, source, first), _zone(walked, found), first)
    known, blank = stated.marks(found, frame)
    spans, windows = stated.durations(found), stated.windows(found, walked, frame)
    zero = known["impact_start"].at if "impact_start" in known else None
    placed = rows.placed(rows.rows(walked, frame.today, first), frame.today, frame.zone, zero)
    told = meaning.told(placed)
    life = lifecycle.lifecycle(source, told, known, blank, spans, windows, blamed.blamed(told, walked))
    by = noticed_by(found, walked, told, life["detected"])
    life["detected"]["by"] = by
    incident = _incident(text, source, walked, found, life, spans, known)
    incident["timeline_zone"] = frame.zone or "not stated; read as UTC"
    who = names.roles(text, found, walked)
    items = actions.actions(source, walked, frame.today)
    fit = scrub.scrub(incident, who)
    safe_rows = scrub.scrub([_row(source, row, life) for row in placed if row.text or row.utc], who)
    return Report(fit, safe_rows, scrub.scrub(items, who), scrub.fit_to_leave(text, who))


def _zone(walked: Sequence[Line], found: Sequence[Fact]) -> str | None:
    """The zone that the report states for its times: in a heading or a sentence, in a table's header, behind a stated time."""
    for line in walked:
        if not line.table and (line.heading or len(line.text) < 200):
            timed = re.search(r"(?i)time|tid\b|tider|clock|chronolog", line.text)
            zone = zones.stated(line.text) if timed and not re.match(r"^[-*+|]?\s*\W*\d", line.text) else None
            if zone:
                return zone
    headed = [
        zone
        for line in walked
        for name in line.header
        if re.search(r"(?i)time|tid|when", name) and (zone := zones.stated(name))
    ]
    behind = [begun.zone for fact in found if (begun := stamps.lead(fact.value)) and begun.zone]
    return next(iter([*headed, *behind]), None)


def _incident(
    text: str,
    source: str,
    walked: Sequence[Line],
    found: Sequence[Fact],
    life: dict[str, Any],
    spans: Mapping[str, stated.Span],
    known: Mapping[str, stated.Stated],
) -> dict[str, Any]:
    heading = titles.title(found, walked, source)
    durations, findings = _durations(source, life, spans)
    findings += [
        {"code": "mended", "message": f"{one.key}: {one.meant}", "citations": [f"{source}:{one.line}"]}
        for one in known.values()
        if one.meant
    ]
    total = text.count("\n") + (not text.endswith("\n"))
    blank = sum(not line.strip() for line in text.splitlines())
    times = sorted(mark["at"] for mark in life.values() if mark["at"])
    services = [
        {
            "name": name,
            "score": score,
            "reason": "listed in the report" if line else "named in its title",
            "citations": [f"{source}:{line or 1}"],
        }
        for name, line, score in titles.services(found, heading)
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "title": heading,
        "summary": _summary(walked),
        "severity": titles.severity(found),
        "lifecycle": life,
        "durations": durations,
        "formulas": _formulas(spans, life),
        "impact": impact(source, life, walked, found),
        "services": services,
        "changes": _changes(life),
        "clocks": [],
        "ledger": [
            {
                "source": source,
                "format": FORMAT,
                "confidence": 1.0,
                "lines": total,
                "records": total - blank,
                "events": 0,
                "continuation": 0,
                "blank": blank,
                "structure": 0,
                "unparsed": 0,
                "copies": 0,
                "first": times[0] if times else None,
                "last": times[-1] if times else None,
                "notes": [],
            }
        ],
        "findings": findings,
        "other_incidents": [],
        "tool": {"name": "postmortem_timeline", "version": __version__},
        "options": {},
    }


def _durations(
    source: str, life: dict[str, Any], spans: Mapping[str, stated.Span]
) -> tuple[dict[str, float | None], list[dict[str, Any]]]:
    """Marks subtracted; a stated duration stands in where a mark is inferred or missing, and a difference is a finding."""
    found: dict[str, float | None] = {}
    findings = []
    for name, start, end in PAIRS:
        marks = (life[start], life[end])
        seconds = wording.seconds_between(marks[0]["at"], marks[1]["at"])
        span = spans.get(name)
        if span and seconds is not None and abs(seconds - span.seconds) > span.slack:
            message = f"time to {name} is stated as {wording.span(span.seconds)}, the marks are {wording.span(abs(seconds))} apart"
            findings.append({"code": "duration", "message": message, "citations": [f"{source}:{span.line}"]})
        trusted = all(mark["basis"] == "stated" and mark["at"] for mark in marks) or _from_notice(name, life)
        if span and not trusted and (seconds is None or abs(seconds - span.seconds) > 60):
            seconds = span.seconds
        found[f"time_to_{name}_seconds"] = seconds
    return found, findings


def _from_notice(name: str, life: dict[str, Any]) -> bool:
    """Many teams count repair from the detection; where both are stated, theirs is another duration than ours."""
    end = {"mitigate": "mitigated", "resolve": "resolved"}.get(name)
    return bool(end) and all(life[mark]["at"] and life[mark]["basis"] == "stated" for mark in ("detected", end or ""))


def _formulas(spans: Mapping[str, stated.Span], life: dict[str, Any]) -> dict[str, str]:
    told = {
        f"time_to_{name}_seconds"
        for name, start, end in PAIRS
        if name in spans and not (life[start]["basis"] == life[end]["basis"] == "stated")
    }
    return {name: f"{formula}; stated in the report" if name in told else formula for name, formula in FORMULAS.items()}


def _changes(life: dict[str, Any]) -> list[dict[str, Any]]:
    changed = life["changed"]
    if not changed["at"]:
        return []
    return [
        {
            "at": changed["at"],
            "service": None,
            "summary": changed["reason"],
            "score": changed["confidence"],
            "reason": changed["reason"],
            "citations": changed["citations"],
        }
    ]


def _summary(walked: Sequence[Line]) -> str | None:
    """The first lines under a heading that says summary; else of what the report opens with."""
    said = [line for line in walked if not line.table and not line.heading and not line.fenced and len(line.text) > 30]
    told = [
        line for line in said if re.search(r"(?i)summary|overview|resum|what happened|abstract|impact", line.under)
    ] or said
    text = re.sub(r"\s+", " ", " ".join(re.sub(r"^[-*+>]\s+|\*\*", "", line.text) for line in told[:2]))
    return text[:500] or None


def _row(source: str, row: rows.Row, life: dict[str, Any]) -> dict[str, Any]:
    at = stamp(row.utc) if row.utc else None
    begins, over = life["impact_start"]["at"], life["mitigated"]["at"]
    phase = (
        "impact"
        if at and begins and begins <= at <= (over or at)
        else "before"
        if at and begins and at < begins
        else "after"
        if at and over and at > over
        else "response"
    )
    return {
        "start": at,
        "end": stamp(row.end) if row.end else at,
        "kind": "note",
        "phase": phase,
        "severity_number": 0,
        "service": None,
        "actor": None,
        "summary": row.text or "(no text)",
        "count": 1,
        "reason": "note",
        "score": 50.0,
        "citations": [f"{source}:{row.line}"],
        "sources": 1,
    }
