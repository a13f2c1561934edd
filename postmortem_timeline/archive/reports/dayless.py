"""Reports that give times of day and no day, or only times after a T0: durations can be had, moments cannot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from postmortem_timeline.archive.reports import spans, stated, titles
from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.meaning import Told

ANY_DAY = date(2000, 1, 1)  # a day to count on; it never leaves
FORM = re.compile(r"(?i)^\W*$|yyyy|\bhh\b|^\W*[\[<{(].*[\]>})]\W*$|^[\w /()]{2,40}:\W*$|^[-–—?_.]+$|^tb[cd]$")
NO_DAY = "the report gives times of day, and no day"
NO_ZERO = "the report counts from T0, and does not say when that was"


def is_form(found: Sequence[Fact]) -> bool:
    """A template: all that it asks for (a date, marks, durations) stands blank."""
    asked = [
        fact for fact in found if titles.DAY.match(fact.key) or stated.mark_name(fact.key) or spans.span_name(fact.key)
    ]
    return bool(asked) and all(FORM.search(fact.value.strip(" *`")) for fact in asked)


def tells_nothing(told: Sequence[Told]) -> bool:
    """Rows that all stand at one time, or begin at 00:00 sharp, are those of a template."""
    return len({one.at for one in told}) < 2 or (told[0].at.hour, told[0].at.minute) == (0, 0)


def without_moments(life: dict[str, dict[str, Any]], why: str) -> dict[str, dict[str, Any]]:
    """The marks with their rows and reasons, and no moment."""
    return {
        name: {**mark, "at": None, "alternatives": [], "confidence": 0.0, "reason": f"{why}; {mark['reason']}"} if mark["at"] else mark
        for name, mark in life.items()
    }  # fmt: skip
