"""What tickets of all products share: states as steps of a life, priorities as severities, texts out of rich documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from postmortem_timeline.formats.exports.event import Event, attributes, timed

# The products' names of states, as the step that led to them; a state that is not here is itself the action.
STATES = {
    "opened": "new open opened todo backlog triage active unstarted",
    "acknowledged": (
        "inprogress workinprogress investigating acknowledged started accepted underreview inreview indevelopment"
        " underinvestigation doing wip implement assess diagnosing identified"
    ),
    "on_hold": "onhold hold pending waiting waitingforcustomer waitingforsupport waitingonthirdparty paused blocked",
    "mitigated": "mitigated monitoring",
    "resolved": "resolved solved fixed done completed complete review",
    "closed": "closed cancelled canceled closedcomplete closedincomplete wontdo wontfix duplicate declined rejected archived deleted",
    "reopened": "reopened reopen",
}
STEPS = {name: action for action, names in STATES.items() for name in names.split()}
OVER = ("resolved", "closed")
PRIORITIES = (
    (21, re.compile(r"\b(?:p0|p1|s1|sev-?[01]|1|critical|blocker|highest|urgent|emergency)\b", re.IGNORECASE)),
    (17, re.compile(r"\b(?:p2|s2|sev-?2|2|high|major)\b", re.IGNORECASE)),
    (13, re.compile(r"\b(?:p3|s3|sev-?3|3|medium|moderate|normal)\b", re.IGNORECASE)),
    (9, re.compile(r"\b(?:p[45]|s[45]|sev-?[45]|4|5|low|lowest|minor|trivial|planning|none)\b", re.IGNORECASE)),
)


def step_to(state: Any, before: Any = None) -> str | None:
    """The step that leads to a state; out of one that was over it is a reopening."""
    word = re.sub(r"[^a-z]", "", str(state or "").lower().replace("'", ""))
    step = STEPS.get(word) or str(state or "").strip().lower().replace(" ", "_") or None
    return "reopened" if step not in OVER and before and step_to(before) in OVER else step


def priority(word: Any) -> Event:
    """Severity columns of a ticket's priority: P1 to P4, 1 to 5, or in words."""
    said = str(word or "").strip()
    number = next((number for number, shape in PRIORITIES if shape.search(said)), 0)
    return {"severity_number": number, "severity_text": said} if said else {}


def entry(stamp: Any, action: str | None, body: str, who: Any, common: Event, more: Mapping[str, Any]) -> Event:
    """One step of a ticket's life."""
    actor = str(who) if isinstance(who, (str, int)) and who not in ("", 0) else None
    kind = {"agent_type": "user"} if actor else {}
    return (
        timed(stamp)
        | common
        | {"action": action, "body": body, "actor": actor, "attributes": attributes({**kind, **more})}
    )


def plain(value: Any, depth: int = 0) -> str:
    """The text of a rich document (Atlassian's document format: nodes with `content` and `text`), or the text itself."""
    if isinstance(value, str):
        return value
    if depth > 50 or not isinstance(value, (dict, list)):
        return ""
    if isinstance(value, list):
        return "".join(plain(one, depth + 1) for one in value)
    inner = plain(value.get("content") or [], depth + 1)
    own = value.get("text") if isinstance(value.get("text"), str) else ""
    if value.get("type") == "mention":
        own = str((value.get("attrs") or {}).get("text", "")) if isinstance(value.get("attrs"), dict) else ""
    ends = "\n" if value.get("type") in ("paragraph", "heading", "codeBlock", "listItem", "hardBreak") else ""
    return f"{own}{inner}{ends}"
