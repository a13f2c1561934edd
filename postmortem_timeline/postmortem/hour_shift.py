"""Two lists of one document that tell the same events whole hours apart: one of them is in another zone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from postmortem_timeline.postmortem import milestones, prose, row_order
from postmortem_timeline.postmortem.findings import Finding

HOUR = 3600
FEW_MINUTES = 120.0  # what two people who write down one event differ by
HOURS = 14  # no two zones that a team uses are further apart
LEAST = 2  # of one event alone the difference may be anything


def check(text: str) -> list[Finding]:
    """Milestones against the rows of a timeline that tell the same: a shift that all share, and none is without."""
    marks = {mark.name: mark for mark in milestones.milestones(text)}
    lines = dict(prose.body(text))
    found: list[Finding] = []
    for rows in row_order.runs(text):
        apart = _apart(list(marks.values()), rows, lines)
        hours = Counter(round(seconds / HOUR) for _, seconds in apart)
        if len(apart) >= LEAST and len(hours) == 1 and 0 < abs(next(iter(hours))) <= HOURS:
            shift = next(iter(hours))
            names = ", ".join(mark.label for mark, _ in apart)
            side = "later" if shift > 0 else "earlier"
            message = f"{names} stand {abs(shift)} h {side} in the list from here on than in the key events"
            found.append(Finding(rows[0][0], "hour-shift", message, "give all times in one zone, and say which"))
    return found


def _apart(
    marks: Sequence[milestones.Milestone], rows: Sequence[tuple[int, datetime]], lines: dict[int, str]
) -> list[tuple[milestones.Milestone, float]]:
    """Milestones with the seconds by which the one row that tells them differs, if that is near a whole hour."""
    found = []
    for mark in marks:
        regex = dict(milestones.NAMES)[mark.name]
        same = [at for number, at in rows if regex.search(_words(lines.get(number, "")))]
        if len(same) == 1 and same[0].date() in (mark.at.date(), datetime(2000, 1, 1).date()):
            seconds = (datetime.combine(mark.at.date(), same[0].time()) - mark.at).total_seconds()
            if abs(seconds - HOUR * round(seconds / HOUR)) <= FEW_MINUTES:
                found.append((mark, seconds))
    return found


def _words(line: str) -> str:
    return re.sub(r"[*_`|]", " ", line)
