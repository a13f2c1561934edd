"""Open questions: what was assumed, what could not be read, what the engine found odd, what nobody has stated."""

from __future__ import annotations

from typing import Any

from postmortem_timeline.postmortem import clocks
from postmortem_timeline.views import sentence, wording
from postmortem_timeline.views.sentence import Cited

# Under this a mark deserves a second look by somebody who was there.
SURE = 0.5


def questions(incident: dict[str, Any]) -> list[Cited]:
    """In the order in which they shake the numbers."""
    said = [Cited(_capital(str(row.get("message"))), sentence.cites(row)) for row in incident.get("findings") or []]
    return [*said, *_clocks(incident), *_marks(incident), *_ledger(incident, " ".join(one.text for one in said))]


def _clocks(incident: dict[str, Any]) -> list[Cited]:
    told = clocks.off(incident)
    return [Cited(f"The clock of {one.name} was {one.by} {one.side} ({one.reason}). Is that right?") for one in told]


def _marks(incident: dict[str, Any]) -> list[Cited]:
    found = []
    for name, label in wording.MARKS.items():
        mark = sentence.mark(incident, name)
        unsure = mark.get("confidence") is not None and mark["confidence"] < SURE
        if mark.get("at") and unsure:
            sure = f"{mark.get('basis')} (confidence {mark['confidence']:.2f})"
            text = f"{label} at {wording.clock(mark['at'])} is {sure}: {mark.get('reason')}"
            found.append(Cited(text, sentence.cites(mark)))
    return found


def _ledger(incident: dict[str, Any], said: str) -> list[Cited]:
    """Sources of which a finding speaks already are left out."""
    rows = [row for row in incident.get("ledger") or [] if str(row["source"]) not in said]
    unknown = [str(row["source"]) for row in rows if not row.get("format") and row.get("lines")]
    damaged = [
        f"{row['source']} ({wording.plural(row['unparsed'], 'line')})"
        for row in rows
        if row.get("unparsed") and row.get("format")
    ]
    found = []
    if unknown:
        found.append(Cited(f"Not recognised: {_list(unknown)}. Does anything in there matter?"))
    if damaged:
        found.append(Cited(f"Lines that their format could not read: {_list(damaged)}."))
    return found


def _capital(text: str) -> str:
    """A sentence begins with a capital, but for the name of a file, which stays as it is."""
    word = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if word.isalpha() else text


def _list(names: list[str], limit: int = 6) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
