"""The sections that tell: head, summary, timeline, root cause, lessons, action items and open questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from postmortem_timeline.postmortem.actions import Action
from postmortem_timeline.postmortem.footnotes import Notes
from postmortem_timeline.postmortem.markup import blank, escape, places, table
from postmortem_timeline.postmortem.model import Document
from postmortem_timeline.views import wording
from postmortem_timeline.views.sentence import Cited


def head(document: Document) -> str:
    rows = [
        f"- **{label}:** {escape(value) if value and value != '-' else blank(label.lower())}"
        for label, value in document.metadata
    ]
    rows.append(f"- **Authors:** {blank('who wrote and who reviewed this')}")
    return f"# {escape(document.title)}\n\n" + "\n".join(rows) + "\n\nAll times are UTC."


def summary(document: Document, notes: Notes) -> str:
    return "\n".join(notes.cited(sentence) for sentence in document.summary)


def timeline(document: Document) -> str:
    rows, today = [], ""
    for row in document.rows:
        date = wording.iso_day(row.get("start"))
        if date != today and date != "-":
            rows.append(("", f"**{date}**", ""))
            today = date
        rows.append((wording.clock(row.get("start")), _what(row), places(row.get("citations") or ())))
    return table(("Time (UTC)", "What happened", "Evidence"), rows) if rows else "No entries."


def whys(document: Document, notes: Notes) -> str:
    asked = [
        f"{place}. **{escape(why.question)}** {notes.cited(why.answer)}" for place, why in enumerate(document.whys, 1)
    ]
    return "\n".join(asked) or "No outage was found, so there is no cause to ask for."


def factors(document: Document, notes: Notes) -> str:
    return "\n".join(f"- {notes.cited(factor)}" for factor in document.factors)


def bullets(pieces: Iterable[Cited], notes: Notes) -> str:
    return "\n".join(f"- {notes.cited([piece])}" for piece in pieces)


def actions(document: Document, notes: Notes) -> str:
    rows = [_action(task, notes) for task in document.actions]
    rows.append((blank("what else will be done"), blank("owner"), blank("due date"), "", "", ""))
    return table(("Action", "Owner", "Due date", "Priority", "Type", "Origin"), rows)


def questions(document: Document, notes: Notes) -> str:
    return bullets(document.questions, notes) or "None."


def _what(row: dict[str, Any]) -> str:
    said = escape(str(row.get("summary") or ""))
    teller = wording.teller(row)
    kind = "" if said.lower().startswith(str(row.get("kind"))) else f"**{row.get('kind')}** "
    lead = f"{kind}{escape(teller)}: " if teller else kind
    often = f" ({wording.often(row)})" if wording.often(row) else ""
    till = f" (until {wording.clock(row['end'])})" if row.get("end") and row["end"] != row.get("start") else ""
    return f"{lead}{said}{often}{till}"


def _action(task: Action, notes: Notes) -> tuple[str, ...]:
    owner = escape(task.owner) if task.owner else blank("owner")
    origin = "said in chat" if task.origin == "chat" else "suggested by the numbers"
    what = escape(task.what) + notes.of(task.citations)
    return what, owner, task.due or blank("due date"), task.priority, task.type, origin
