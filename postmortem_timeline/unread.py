"""What a reader should know of sources that were not read, or only in part: the larger ones each, the rest together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from postmortem_timeline.ingest.ledger import Entry

MANY_UNPARSED = 0.01
FEW_LINES = 50  # a note, a setting or a page beside the exports; a log has more
UNDATED = "no line holds a time that is known"
NAMED = 5  # sources that one finding lists

Finding = dict[str, Any]


def partly(entries: Iterable[Entry]) -> list[Finding]:
    """Sources with many unread lines, each with the first of them; what is no evidence by its looks is `beside`."""
    found = []
    for entry in entries:
        many = entry.unparsed > MANY_UNPARSED * entry.lines or entry.unparsed >= 100
        if entry.unparsed and many and not _prose(entry):
            share = entry.unparsed / max(entry.lines, 1)
            example = f"; the first begins {entry.unparsed_example!r}" if entry.unparsed_example else ""
            said = f"{entry.source}: {entry.unparsed:,} of {entry.lines:,} lines ({share:.1%}) could not be read{example}"
            found.append(finding("unparsed", said))
    return found


def beside(entries: Iterable[Entry]) -> list[Finding]:
    """Sources of which nothing was read, one finding for all that share a reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if _prose(entry):
            reasons.setdefault(("unparsed", UNDATED), []).append(entry.source)
        elif not entry.format and not entry.lines and entry.notes and "empty" not in entry.notes[0]:
            reasons.setdefault(("not_read", entry.notes[0]), []).append(entry.source)
    return [finding(code, f"{named(sources)}: {why}") for (code, why), sources in reasons.items()]


def named(sources: list[str]) -> str:
    """The first few of some sources by name, and how many there are."""
    if len(sources) == 1:
        return sources[0]
    more = f" and {len(sources) - NAMED} more" if len(sources) > NAMED else ""
    return f"{len(sources)} sources ({', '.join(sources[:NAMED])}{more})"


def _prose(entry: Entry) -> bool:
    """A few lines of which none could be read: a frame of their events tells as much as their files do."""
    return entry.unparsed == entry.lines and 0 < entry.lines <= FEW_LINES


def finding(code: str, message: str, citations: list[str] | None = None) -> Finding:
    return {"code": code, "message": message, "citations": citations or []}
