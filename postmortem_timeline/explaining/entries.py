"""How a row of the timeline, a suspect or a change came to stand where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from postmortem_timeline.explaining.book import Book, Told, chance, quoted

REASONS = {
    "first_seen": "its pattern was never seen before it", "burst": "its pattern came far oftener than usual",
    "silence": "something that was usual stopped", "recovery": "it tells of the recovery", "alert": "it is an alert",
    "page": "the pager tells it", "acknowledge": "somebody took the incident", "escalate": "it was passed on",
    "decision": "something was decided", "action": "something was done about it", "change": "something was changed",
    "status": "a status page tells it", "note": "somebody noted it", "pinned": "somebody pinned it",
}  # fmt: skip
BETWEEN = re.compile(r"; (?![^()]*\))")  # reasons; within brackets it parts numbers of one
NEAR = 3  # rows around one that are shown


def of_row(book: Book, place: int) -> Told:
    """A row, by its place from 0; people count from 1."""
    row, cited = book.rows[place], [str(citation) for citation in book.rows[place]["citations"]]
    how = [
        str(row["summary"]),
        f"It stands here because {REASONS.get(str(row['reason']), 'it is ' + str(row['reason']))}; in the phase {row['phase']}.",
        f"Its score is {float(row['score']):.1f}: where there is more to tell than 60 rows, the lowest fall out first.",
        *[f"It is of {row['service']}." for _ in [0] if row.get("service")],
        f"Records that tell it: {int(row['count']):,}; systems: {int(row['sources'])}.",
        *[f"It is what {name} rests on." for name, mark in book.marks.items() if set(mark["citations"]) & set(cited)],
    ]
    around = range(max(place - NEAR, 0), min(place + NEAR + 1, len(book.rows)))
    others = [_line(book.rows[other], other) for other in around if other != place]
    override = [f"hidden = [{quoted(cited[0])}]   # to leave it out"] if cited else ["# it is a note of incident.toml"]
    lines = [*override, *([f"pinned = [{quoted(cited[0])}]   # to keep it always (needs pmt build)"] if cited else [])]
    return Told(f"row {place + 1} of {len(book.rows)}: {row['start']}", how, cited, others, lines)


def _line(row: Mapping[str, Any], place: int) -> str:
    return f"row {place + 1}: {row['start']}  {float(row['score']):5.1f}  {row['summary']}"


def of_suspect(book: Book, place: int) -> Told:
    """A suspect, with those beside it."""
    suspects = book.incident["services"]
    one = suspects[place]
    how = [f"Rank {place + 1} of {len(suspects)}, score {chance(one['score'])} of 1; what speaks against it:"]
    how += [f"- {reason}" for reason in BETWEEN.split(str(one["reason"]))]
    override = ["# A suspect is inferred anew by each build. What you know better is said where it is read:",
                "[[notes]]", "at = 2025-07-15T17:42:03Z", f"text = {quoted('the fault was in …, not in ' + str(one['name']))}"]  # fmt: skip
    return Told(f"suspect {one['name']}", how, one["citations"], _beside(suspects, place, "name"), override)


def of_change(book: Book, place: int) -> Told:
    """A change, with those beside it."""
    changes = book.incident["changes"]
    one = changes[place]
    rank = f"Rank {place + 1} of {len(changes)}, score {chance(one['score'])} of 1"
    how = [str(one["summary"]), f"{rank} (under 0.50 nothing speaks for it):"]
    how += [f"- {reason}" for reason in BETWEEN.split(str(one["reason"]))]
    override = ["[marks]", f"changed = {{ at = {one['at']}, reason = {quoted('this change set it off')} }}",
                "# or, where no change did:  changed = false"]  # fmt: skip
    title = f"change {place + 1}: {one['at']}{' of ' + str(one['service']) if one['service'] else ''}"
    return Told(title, how, one["citations"], _beside(changes, place, "summary"), override)


def _beside(ranked: Sequence[Mapping[str, Any]], place: int, name: str) -> list[str]:
    others = [one for other, one in enumerate(ranked) if other != place]
    return [f"{chance(one['score'])}  {one[name]}: {one['reason']}  [{', '.join(one['citations'][:3])}]" for one in others[:6]]
