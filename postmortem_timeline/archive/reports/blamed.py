"""The rows of changes that a report's own words blame: its cause, trigger or summary speaks of the same things."""

from __future__ import annotations

import re
from collections.abc import Sequence

from postmortem_timeline.archive.reports.layout import Line
from postmortem_timeline.archive.reports.meaning import Told
from postmortem_timeline.correlate.meeting_words import content

CAUSE = re.compile(
    r"(?i)cause|trigger|why|summary|what happened|fault|leadup|lead-up|background|contributing|description|overview|årsag|context|impact"
)
BLAMES = re.compile(
    r"(?i)\b(?:caused by|due to|because|after (?:a|an|the) |following (?:a|an|the)|introduced|"
    r"result(?:ed|ing)? (?:of|from|in)|led to|triggered by|broke|bug in|misconfigur\w*|wrong|"
    r"incorrect|missing|faulty|bad (?:deploy|config|release|change)|på grund af)"
)
MEETING = 2


def blamed(rows: Sequence[Told], lines: Sequence[Line]) -> list[Told]:
    """The last unplanned change before the first notice, if the text that explains the cause speaks of it.

    A notice or harm that comes before every change blames none.
    """
    noticed = next(
        (at for at, one in enumerate(rows) if one.weight("noticed") >= 0.7 or one.weight("harm") >= 0.7), None
    )
    if not noticed:
        return []
    before = [one for one in rows[:noticed] if one.change and not one.planned and one.weight("over") < 0.9]
    text = " ".join(line.text for line in lines if not line.table and CAUSE.search(line.under))
    if not before or not BLAMES.search(text):
        return []
    told = set(content(text))
    meets = [one for one in before if len(set(content(one.row.text)) & told) >= MEETING]
    return [meets[-1]] if meets else []
