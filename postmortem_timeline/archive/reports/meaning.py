"""What each row of a report's timeline tells, and how strongly: by its label, by its words, by the rules of chat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from postmortem_timeline.archive.reports import row_words as words
from postmortem_timeline.archive.reports.row import Row
from postmortem_timeline.correlate.chat import said

# What chat calls by another name; a person's message is weaker evidence in a report, where people tell of themselves.
CHAT = {
    "report": ("noticed", 0.85), "acknowledges": ("taken", 0.8), "declares": ("declared", 0.9), "identifies": ("identified", 0.6),
    "mitigation": ("over", 0.85), "resolution": ("resolved", 0.95), "looks": ("looks", 0.7), "action": ("over", 0.5),
}  # fmt: skip
CLAUSE = re.compile(r"[.;,:]\s|\s[–—-]+\s|\s(?:and|but|while|after which)\s", re.IGNORECASE)
OPENING = 160  # what a long row begins with is what happened then
CERTAIN = 1.2  # a label weighs more than any words


@dataclass(frozen=True)
class Told:
    """A row with a moment, and what it tells: name of the meaning -> weight."""

    row: Row
    at: datetime
    tells: dict[str, float] = field(default_factory=dict)
    planned: bool = False
    change: bool = False
    machine: bool = False
    relapse: bool = False

    def weight(self, name: str) -> float:
        return self.tells.get(name, 0.0)


def told(rows: Sequence[Row]) -> list[Told]:
    """The rows whose moment is known, in the order of their times."""
    found = [_told(row, row.utc) for row in rows if row.utc is not None]
    return sorted(found, key=lambda one: (one.at, one.row.line))


def _told(row: Row, at: datetime) -> Told:
    text = row.text
    tells = {name: best for name, rules in words.RULES.items() if (best := _best(text, rules))}
    for meaning in said(text).meanings:
        name, weight = CHAT.get(meaning, ("", 0.0))
        if name:
            tells[name] = max(tells.get(name, 0.0), weight)
    planned, change = bool(words.PLANNED.search(text)), bool(words.CHANGE.search(text))
    change = change and not words.ELSEWHERE.search(text)
    _temper(tells, text, planned, change)
    for name, pattern in words.LABELLED.items():
        if pattern.search(row.label) or pattern.search(text):
            tells[name] = CERTAIN
    return Told(
        row, at, tells, planned, change, bool(words.MACHINE.search(text)), bool(words.STILL.search(text[:OPENING]))
    )


def _best(text: str, rules: Sequence[tuple[float, object]]) -> float:
    return max((weight for weight, pattern in rules if pattern.search(text)), default=0.0)  # type: ignore[attr-defined]


def _meant(weight: float, name: str, text: str) -> float:
    """What is tried or hoped for in one clause says nothing against what has happened in another."""
    if words.DENIED.search(text):
        return weight * 0.4
    if not words.INTENDED.search(text):
        return weight
    happened = [clause for clause in CLAUSE.split(text) if not words.INTENDED.search(clause)]
    return max(weight * 0.4, *(min(weight, _best(clause, words.RULES[name])) for clause in happened), 0.0)


def _opens_with_notice(text: str) -> bool:
    """A row that begins with the notice and goes on to the end of harm tells both."""
    head, _, rest = text.partition(". ")
    return bool(rest) and _best(head, words.RULES["noticed"]) >= 0.8 and _best(head, words.RULES["over"]) < 0.8


def _temper(tells: dict[str, float], text: str, planned: bool, change: bool) -> None:
    """What is hoped, tried, denied or true of a part weighs less; harm that is over is no beginning."""
    for name in ("over", "resolved"):
        if name in tells:
            tells[name] = _meant(tells[name], name, text)
    if words.PARTIAL.search(text) and "over" in tells:
        tells["over"] *= 0.75
    if words.STILL.search(text) and "over" in tells:
        tells["over"] *= 0.5
    ends = max(tells.get("over", 0.0), tells.get("resolved", 0.0))
    if "harm" in tells and ends > 0.8 and tells["harm"] < 0.95:
        tells["harm"] *= 0.3
    if "harm" in tells and words.ELSEWHERE.search(text):
        tells["harm"] *= 0.5
    if "harm" in tells and planned and tells["harm"] < 0.85:
        tells["harm"] *= 0.3
    if "harm" in tells and tells.get("identified", 0.0) >= 0.9 and not tells.get("noticed"):
        tells["harm"] *= 0.6
    if tells.get("harm", 0.0) < 1.0 and words.INFRASTRUCTURE.search(text) and not words.FELT.search(text):
        tells["harm"] = max(tells.get("harm", 0.0) - 0.25, 0.0)
    if "noticed" in tells and ends > 0.8 and tells["noticed"] < 1.0 and not _opens_with_notice(text):
        tells["noticed"] *= 0.4
    if change and not planned and tells.get("harm", 0.0) == 0.7 and not tells.get("noticed"):
        tells["harm"] = 0.55
