"""Milestones that a hand-written postmortem states: their spelling, their order, and dates that are typing errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from postmortem_timeline.postmortem import durations, prose, said_times
from postmortem_timeline.postmortem.findings import Finding

# How people head their milestones; the first that matches counts.
NAMES = (
    ("started", re.compile(r"(?i)\bfault occur(?:s|red)\b|\b(?:starts?|started|began|begins)\b")),
    ("detected", re.compile(r"(?i)\b(?:detected|detection|first (?:reported|alert)|team aware|noticed)\b")),
    ("declared", re.compile(r"(?i)\bincident declared\b(?! (?:as )?resolved)|^declared\b")),
    ("acknowledged", re.compile(r"(?i)\backnowledged\b")),
    ("mitigated", re.compile(r"(?i)\b(?:repaired|mitigated|restored|recovered|fixed|impact (?:ends?|ended))\b")),
    ("resolved", re.compile(r"(?i)\b(?:resolved|incident (?:ends?|ended|over)|end(?:ed)?(?: time)?)\b")),
    ("closed", re.compile(r"(?i)\bclosed\b")),
)  # fmt: skip

# Who comes before whom. Declared may come late and detected before harm; both are said, not mended.
ORDER = (
    ("started", "mitigated"), ("detected", "acknowledged"), ("detected", "declared"), ("declared", "mitigated"),
    ("declared", "resolved"), ("detected", "mitigated"), ("mitigated", "resolved"), ("resolved", "closed"),
)  # fmt: skip

FAR = timedelta(days=60)


@dataclass(frozen=True)
class Milestone:
    name: str
    label: str
    line: int
    stamp: said_times.Stamp

    @property
    def at(self) -> datetime:
        return self.stamp.at

    @property
    def moment(self) -> durations.Moment:
        return durations.Moment(self.label, self.at)

    def on(self, day: date) -> Milestone:
        """The milestone as it was meant, on another day."""
        return replace(self, stamp=replace(self.stamp, at=datetime.combine(day, self.at.time())))


def check(text: str, around: date | None) -> list[Finding]:
    """What can be said of milestones and of the durations between them; `around` is the day in the title."""
    found = milestones(text)
    findings = [
        Finding(mark.line, "time-spelling", f"“{mark.stamp.text}” has {mark.stamp.odd}", "write YYYY-MM-DD HH:MM")
        for mark in found if mark.stamp.odd
    ]  # fmt: skip
    meant = typing_errors(found, around)
    findings += [
        Finding(
            mark.line,
            "date-far",
            f"{mark.label} {mark.stamp.text} is far from the rest; {day} would fit",
            "a typing error?",
        )
        for mark, day in meant.items()
    ]
    findings += _outside([mark for mark in found if mark not in meant], around)
    marks = {mark.name: mark.on(meant[mark]) if mark in meant else mark for mark in found}
    return [*findings, *_order(marks), *durations.check(text, {name: mark.moment for name, mark in marks.items()})]


def milestones(text: str) -> list[Milestone]:
    """The key events: short labels with a full date and time, the first of each name."""
    found: dict[str, Milestone] = {}
    for number, line in prose.prose(text):
        bare = re.sub(r"[*_`|]", "", line).strip(" -–—•\t")
        stamp = said_times.stamp(bare)
        if not stamp or bare.startswith(stamp.text[:10]):
            continue  # a line that begins with its time is a row of a timeline, not a key event
        label = bare[: bare.find(stamp.text)].strip(" :-–—")
        name = next((name for name, regex in NAMES if regex.search(label)), None)
        if name and len(label.split()) <= 4 and name not in found:
            found[name] = Milestone(name, label, number, stamp)
    return list(found.values())


def typing_errors(found: list[Milestone], around: date | None) -> dict[Milestone, date]:
    """Milestones far from the others where another year or month would lie near, with the day that was meant."""
    days = sorted([mark.at.date() for mark in found] + ([around] if around else []))
    if len(days) < 3:
        return {}
    middle = around or days[len(days) // 2]
    return {mark: day for mark in found if (day := meant(mark.at.date(), middle))}


def _outside(found: list[Milestone], around: date | None) -> list[Finding]:
    """Milestones far from the others that no slip of year or month explains; a closing may come late."""
    days = sorted([mark.at.date() for mark in found] + ([around] if around else []))
    if len(days) < 3:
        return []
    middle = around or days[len(days) // 2]
    return [
        Finding(mark.line, "date-outside", f"{mark.label} {mark.stamp.text} is {abs(mark.at.date() - middle).days} days from"
                " the rest", "is it of this incident? say so")
        for mark in found if mark.name != "closed" and abs(mark.at.date() - middle) > FAR
    ]  # fmt: skip


def meant(written: date, middle: date) -> date | None:
    """The same day in the year or month of the others, if `written` is far from them and this is near."""
    if abs(written - middle) <= FAR:
        return None
    for year, month in ((middle.year, written.month), (written.year, middle.month)):  # one slip, not two
        try:
            other = written.replace(year=year, month=month)
        except ValueError:
            continue
        if abs(other - middle) <= FAR:
            return other
    return None


def _order(marks: Mapping[str, Milestone]) -> list[Finding]:
    """One finding a line: the milestone that comes too early or too late."""
    findings: dict[int, Finding] = {}
    for first, second in ORDER:
        if first in marks and second in marks and marks[first].at > marks[second].at:
            early, late = marks[second], marks[first]
            declared = "declared" in (first, second)
            blamed = marks["declared"] if declared else late
            hint = "was it declared afterwards? say so" if declared else "one of the two times is wrong"
            message = f"{late.moment.when} is after {early.moment.when}"
            findings.setdefault(blamed.line, Finding(blamed.line, "order", message, hint))
    return list(findings.values())
