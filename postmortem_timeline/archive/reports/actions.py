"""Action items of a report: what, who, by when, and whether it is done, from tables and lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from postmortem_timeline.archive.reports import dates
from postmortem_timeline.archive.reports.layout import Line, plain
from postmortem_timeline.postmortem.actions import type_of

SECTION = re.compile(
    r"(?i)action|follow[- ]?ups?\b|next steps|corrective|preventative|preventive|remediation|"
    r"improvements?\b|to-?dos?\b|tasks?\b|opfølgning|handlinger|recommendations?"
)
OTHERWISE = re.compile(
    r"(?i)lesson|what went|timeline|cause|lucky|impact|detect|summary|background|went (?:well|wrong)|appendix"
)
WHAT = re.compile(
    r"(?i)^(?:actions?(?: items?)?|item|task|what|description|todo|follow[- ]?up|improvement|handling|measure|title|summary)\b"
)
OWNER = re.compile(r"(?i)owner|assignee|assigned|who\b|responsible|dri\b|ansvarlig|team\b")
DUE = re.compile(r"(?i)due|deadline|eta\b|by when|target|when\b|date|frist")
STATUS = re.compile(r"(?i)status|state|done|progress|complete")
TICKET = re.compile(r"(?i)ticket|issue|jira|bug|tracking|link|pr\b|reference")
DONE = re.compile(
    r"(?i)\b(?:done|complet\w+|closed|fixed|merged|implemented|shipped|finished|resolved|deployed|"
    r"færdig|løst|already been done)\b|✅|☑|✔|\[x\]"
)
DROPPED = re.compile(r"(?i)\b(?:won'?t (?:do|fix)|rejected|cancell?ed|dropped|out of scope|obsolete)\b")
NOT_DONE = re.compile(
    r"(?i)\b(?:not (?:done|started|completed|fixed)|incomplete|to be done|todo|to do|open|"
    r"pending|in progress|planned|backlog)\b|⏳|🔴|🟡|❌"
)
BOX = re.compile(r"^[-*+•]?\s*\[(?P<mark>[ xX✓])\]\s*")
BULLET = re.compile(r"^(?:[-*+•]\s+|\d+[.)]\s+)")
BLANK = re.compile(
    r"(?i)^\W*[\[<{][^\]>}]*[\]>}]\W*$|^[\W_]*(?:n/?a|none|tbd|-|\?|to be (?:decided|filled)|fill in.*)?[\W_]*$"
)
TAIL_DUE = re.compile(r"(?i)[\s,;(]*\b(?:by|due|due date|deadline|before|eta|until)\b\s*:?\s*(?P<due>[^,;)]{4,24})\)?")
TAIL_OWNER = re.compile(
    r"(?i)[\s,;(–—-]*\b(?:owner|assignee|assigned to|responsible|dri)\b\s*:?\s*@?(?P<owner>[\w .'-]{2,40}?)\s*(?=[,;)]|$)\)?"
)
REFERENCE = re.compile(r"#\d{2,}|\b[A-Z][A-Z0-9]+-\d+\b")


def actions(source: str, lines: Sequence[Line], around: date | None) -> list[dict[str, Any]]:
    """Each item: what, owner, due (ISO or null), status (open, done or dropped), type, ticket, citation."""
    found, seen = [], set()
    for item in [*_tables(lines, around), *_lists(lines, around)]:
        key = re.sub(r"\W+", " ", item["what"].lower()).strip()
        if key and key not in seen and not BLANK.match(item["what"]):
            seen.add(key)
            found.append({**item, "type": type_of(item["what"]), "citation": f"{source}:{item.pop('line')}"})
    return found


def _tables(lines: Sequence[Line], around: date | None) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.table or not (SECTION.search(line.under) or any(WHAT.match(name) for name in line.header)):
            continue
        column = {name: _column(line.header, regex) for name, regex in
                  (("what", WHAT), ("owner", OWNER), ("due", DUE), ("status", STATUS), ("ticket", TICKET))}  # fmt: skip
        if column["what"] is None or (
            column["owner"] is None
            and column["due"] is None
            and column["status"] is None
            and not SECTION.search(line.under)
        ):
            continue
        if any(re.match(r"(?i)^(?:time|timestamp|when|tid)\b", name) for name in line.header[:2]):
            continue  # a timeline with a column "Action"
        cell = {name: line.cells[at] if at is not None and at < len(line.cells) else "" for name, at in column.items()}
        ticket = REFERENCE.search(f"{cell['ticket']} {cell['what']}")
        yield _item(
            cell["what"], cell["owner"], cell["due"], cell["status"] or cell["what"], ticket, line.number, around
        )


def _in_section(above: Sequence[str]) -> bool:
    """Under a heading that says actions, or under one of its parts: "Action items / Deployment"."""
    if not above or SECTION.search(above[-1]):
        return bool(above)
    outer = next((title for title in reversed(above[:-1]) if SECTION.search(title)), None)
    return bool(outer and not any(OTHERWISE.search(title) for title in above[above.index(outer) + 1 :]))


def _column(header: Sequence[str], regex: re.Pattern[str]) -> int | None:
    return next((at for at, name in enumerate(header) if regex.search(name)), None)


def _lists(lines: Sequence[Line], around: date | None) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.table or line.heading or line.fenced or not _in_section(line.above):
            continue
        box, bullet = BOX.match(line.text), BULLET.match(line.text)
        if not (box or bullet) or line.text.rstrip().endswith((":", ":**")):
            continue
        text = plain(line.text[(box or bullet).end() :])  # type: ignore[union-attr]
        due, owner = TAIL_DUE.search(text), TAIL_OWNER.search(text)
        handle = re.search(r"(?:^|[\s(\[])@(?P<owner>[\w.-]+)", text)
        status = ("[x]" if box["mark"].strip() else "open") if box else text
        by = due["due"] if due and dates.find(due["due"], around=around) else ""
        for part in ([due] if by else []) + [owner]:
            text = text.replace(part.group(), " ") if part else text
        who = owner["owner"] if owner else f"@{handle['owner']}" if handle else ""
        yield _item(" ".join(text.split()), who, by, status, REFERENCE.search(text), line.number, around)


def _item(
    what: str, owner: str, due: str, status: str, ticket: re.Match[str] | None, line: int, around: date | None
) -> dict[str, Any]:
    at = dates.find(due, around=around) if due else None
    return {
        "what": re.sub(r"^\s*\[[ xX]\]\s*", "", what).strip(), "owner": "" if BLANK.match(owner) else owner.strip(),
        "due": at[0].isoformat() if at else None, "status": _status(status), "ticket": ticket.group() if ticket else None, "line": line,
    }  # fmt: skip


def _status(text: str) -> str:
    """Open unless the report says that it is done or dropped."""
    if DROPPED.search(text):
        return "dropped"
    return "done" if DONE.search(text) and not NOT_DONE.search(text) else "open"
