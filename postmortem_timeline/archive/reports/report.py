"""One Markdown postmortem becomes an incident: its facts, rows, marks, durations, impact and action items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from postmortem_timeline._version import __version__
from postmortem_timeline.archive.reports import (
    actions,
    blamed,
    blocks,
    dates,
    dayless,
    elapsed,
    lifecycle,
    meaning,
    names,
    placing,
    rows,
    stamps,
    stated,
    titles,
    zones,
)
from postmortem_timeline.archive.reports import spans as spanned
from postmortem_timeline.archive.reports import windows as windowed
from postmortem_timeline.archive.reports.facts import Fact, facts
from postmortem_timeline.archive.reports.impact import impact
from postmortem_timeline.archive.reports.layout import Line, lines
from postmortem_timeline.archive.reports.noticed import noticed_by
from postmortem_timeline.archive.reports.row import Row
from postmortem_timeline.incident import SCHEMA_VERSION
from postmortem_timeline.postmortem import scrub

FORMAT = blocks.FORMAT


@dataclass(frozen=True)
class Report:
    """What an import gives: the incident, its timeline rows, action items and the text, all fit to leave."""

    incident: dict[str, Any]
    rows: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    text: str


@dataclass(frozen=True)
class Found:
    """What a report holds: its lines and facts, its rows with their moments, its marks, and what it states of durations."""

    walked: Sequence[Line]
    facts: Sequence[Fact]
    frame: stated.Frame
    known: Mapping[str, stated.Stated]
    spans: Mapping[str, spanned.Span]
    rows: Sequence[Row]
    life: dict[str, Any]
    why_undated: str = ""  # why the moments of rows and marks are not known, where they are not


def read_report(text: str, source: str) -> Report:
    """The report of `text`; `source` is the name by which its lines are cited."""
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    found = _found(text, source)
    who = names.roles(text, list(found.facts), list(found.walked))
    items = actions.actions(source, found.walked, found.frame.today)
    incident = _incident(text, source, found)
    told = [row for row in found.rows if row.text or row.utc]
    kept = [blocks.timeline_row(source, row, incident["lifecycle"], dated=not found.why_undated) for row in told]
    return Report(
        scrub.scrub(incident, who), scrub.scrub(kept, who), scrub.scrub(items, who), scrub.fit_to_leave(text, who)
    )


def _found(text: str, source: str) -> Found:
    walked = lines(text)
    listed = facts(text, walked)
    first = dates.day_first(text)
    today = titles.day(listed, walked, source, first)
    why = "" if today else dayless.NO_DAY
    frame = stated.Frame(today or dayless.ANY_DAY, _zone(walked, listed), first)
    said = [line.text for line in walked if not line.table and not line.fenced]
    raw = rows.rows(walked, frame.today, first)
    frame = replace(frame, zone=frame.zone or placing.named_zone(raw) or zones.behind_clocks(said))
    known, blank = stated.marks(listed, frame)
    zero = known["impact_start"].at if "impact_start" in known else None
    if zero is None and raw and not any(row.lead and row.lead.clock for row in raw):
        zero, why = datetime.combine(frame.today or dayless.ANY_DAY, time()), why or dayless.NO_ZERO
    placed = placing.placed(raw, frame.today, frame.zone, zero)
    told = meaning.told(placed)
    spans, windows = spanned.durations(listed), windowed.windows(listed, walked, frame)
    lasted = None if windows or spans else spanned.said_duration(walked)
    spans = {"duration": lasted} if lasted else spans
    form = dayless.is_form(listed)
    if form or (not today and (dayless.tells_nothing(told) if told else not windows)):
        placed, told, known, windows, spans = [], [], {}, [], {} if form else spans
    life = lifecycle.lifecycle(source, told, known, blank, spans, windows, blamed.blamed(told, walked))
    life["detected"]["by"] = noticed_by(listed, walked, told, life["detected"])
    return Found(walked, listed, replace(frame, today=today), known, spans, placed, life, why)


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


def _incident(text: str, source: str, found: Found) -> dict[str, Any]:
    heading = titles.title(found.facts, found.walked, source)
    durations, formulas, findings = elapsed.elapsed(source, found.life, found.spans)
    life = dayless.without_moments(found.life, found.why_undated) if found.why_undated else found.life
    return {
        "schema_version": SCHEMA_VERSION,
        "title": heading,
        "summary": blocks.summary(found.walked),
        "severity": titles.severity(found.facts),
        "lifecycle": life,
        "durations": durations,
        "formulas": formulas,
        "impact": impact(source, life, found.walked, found.facts),
        "services": blocks.services(source, found.facts, heading),
        "changes": blocks.changes(life),
        "clocks": [],
        "ledger": [blocks.ledger(text, source, life)],
        "findings": findings + _mended(source, found.known),
        "other_incidents": [],
        "tool": {"name": "postmortem_timeline", "version": __version__},
        "options": {},
        "timeline_zone": found.frame.zone or "not stated; read as UTC",
    }


def _mended(source: str, known: Mapping[str, stated.Stated]) -> list[dict[str, Any]]:
    return [
        {"code": "mended", "message": f"{one.key}: {one.meant}", "citations": [f"{source}:{one.line}"]}
        for one in known.values()
        if one.meant
    ]
