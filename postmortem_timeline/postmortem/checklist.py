"""`pmt check`: is a postmortem complete, blameless and true to its own numbers?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from postmortem_timeline.postmortem import gaps, hour_shift, milestones, prose, row_order, said_times
from postmortem_timeline.postmortem.findings import Finding
from postmortem_timeline.views import wording

__all__ = ["Finding", "check_document", "check_markdown"]

# Pairs of marks that cannot be the other way round; detected before impact_start and mitigated before declared can.
ORDER = (("impact_start", "mitigated"), ("mitigated", "resolved"), ("detected", "acknowledged"), ("resolved", "closed"))

SECTIONS = ("Executive summary", "Timeline", "Impact", "Root cause", "Lessons", "Action items")


def check_markdown(text: str) -> list[Finding]:
    """The findings of a postmortem that somebody wrote, by line: times, order, rows, gaps and wording."""
    return sorted(
        {*milestones.check(text, _around(text)), *row_order.check(text), *hour_shift.check(text), *gaps.check(text)}
    )


def check_document(incident: Mapping[str, Any], markdown_text: str) -> list[Finding]:
    """The findings of our own document: those of any Markdown, and whether it still says what incident.json says."""
    return sorted(
        {
            *check_markdown(markdown_text),
            *_missing(markdown_text),
            *_marks(incident),
            *_numbers(incident, markdown_text),
        }
    )


def _around(text: str) -> date | None:
    """The day in the title or the first heading."""
    heading = next((section.title for section in prose.sections(text) if section.title and section.level == 1), "")
    return said_times.day(heading) or said_times.day(prose.front(text))


def _missing(text: str) -> list[Finding]:
    titles = {section.title.lower() for section in prose.sections(text)}
    return [
        Finding(
            0, "section-missing", f"there is no section “{name}”", "write it, or say in the document why it is left out"
        )
        for name in SECTIONS
        if name.lower() not in titles
    ]


def _marks(incident: Mapping[str, Any]) -> list[Finding]:
    life = incident.get("lifecycle") or {}
    findings = []
    for first, second in ORDER:
        apart = wording.seconds_between((life.get(first) or {}).get("at"), (life.get(second) or {}).get("at"))
        if apart is not None and apart < 0:
            message = f"{wording.MARKS[second].lower()} is {wording.span(-apart)} before {wording.MARKS[first].lower()}"
            findings.append(Finding(0, "order", message, "state the right mark in incident.toml"))
    return findings


def _numbers(incident: Mapping[str, Any], text: str) -> list[Finding]:
    """Times and shares in the summary against the measured ones: an edit may have changed one and not the other."""
    summary = next((section for section in prose.sections(text) if section.title == "Executive summary"), None)
    if summary is None:
        return []
    return [
        finding
        for number, line in summary.lines
        for finding in (*_times(incident, number, line), *_shares(incident, number, line))
    ]


def _times(incident: Mapping[str, Any], number: int, line: str) -> list[Finding]:
    """`mitigated at 18:27:01` against the mark of that name."""
    findings = []
    for name in ("detected", "acknowledged", "mitigated", "resolved"):
        at = ((incident.get("lifecycle") or {}).get(name) or {}).get("at")
        match = re.search(rf"\b{name}(?: by [\w ]+?)? at (\d\d:\d\d(?::\d\d)?)", line)
        if at and match and not wording.clock(at).startswith(match[1]):
            message = f"{name} at {match[1]}, but incident.json says {wording.clock(at)}"
            findings.append(Finding(number, "number", message, "build again, or state the mark in incident.toml"))
    return findings


def _shares(incident: Mapping[str, Any], number: int, line: str) -> list[Finding]:
    share = ((incident.get("impact") or {}).get("users") or {}).get("share")
    match = re.search(r"(\d+(?:\.\d+)?)% of (?:our |its |the )?users", line)
    if share is None or not match:
        return []
    digits = len(match[1].partition(".")[2])
    if abs(float(match[1]) - share * 100) <= 0.5 * 10**-digits + 1e-9:
        return []
    message = f"{match[1]}% of users, but incident.json says {wording.percent(share, 1)}"
    return [Finding(number, "number", message, "build again, or say where the other number comes from")]
