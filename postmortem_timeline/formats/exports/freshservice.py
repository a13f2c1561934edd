"""Freshservice and Freshdesk tickets, problems and changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.tickets import entry
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "freshservice"
TITLE = "Freshservice and Freshdesk tickets and changes"
GROUP = "ticket"
KIND = "ticket"
URL = "https://api.freshservice.com/#view_all_ticket"
NAMES = ("*fresh*.json", "*tickets*.json", "*changes*.json")

ARRAYS = ("tickets", "changes", "conversations")
STATES = {2: "opened", 3: "on_hold", 4: "resolved", 5: "closed"}
PRIORITIES = {1: 9, 2: 13, 3: 17, 4: 21}  # 1 low to 4 urgent


def sniff(head: bytes, name: str) -> float:
    """Numbers for state and priority, a responder or an agent; changes have planned times; conversations a ticket."""
    for base in ("tickets[].", "ticket.", "[].", ""):
        if fits(head, "responder_id", "subject", "priority", under=(base,)):
            return 0.97
    for base in ("changes[].", "change.", "[].", ""):
        if fits(head, "planned_start_date", "change_type", under=(base,)):
            return 0.97
    return 0.96 if fits(head, "body_text", "ticket_id", "created_at", under=("conversations[].", "[].")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The creation and the end of each ticket, the planned window of each change, and conversations."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("ticket") or item.get("change")) or item
    if "body_text" in one and "ticket_id" in one:
        common: Event = {"correlation_key": f"fresh-{one['ticket_id']}"}
        yield entry(
            one.get("created_at"),
            "commented",
            text(one.get("body_text")),
            one.get("user_id"),
            common,
            {"id": one.get("id"), "private": one.get("private")},
        )
        return
    if "subject" not in one:
        return
    level, is_change = one.get("priority"), "change_type" in one
    common = {
        "correlation_key": f"fresh-{'change-' if is_change else ''}{one.get('id')}",
        **({"kind": "change"} if is_change else {}),
        "severity_number": PRIORITIES.get(level, 0) if isinstance(level, int) else 0,
        "severity_text": text(level) or None,
    }
    title = f"ticket {one.get('id')}: {text(one.get('subject'))}".replace(
        "ticket", "change" if is_change else "ticket", 1
    )
    state = STATES.get(one["status"]) if isinstance(one.get("status"), int) and not is_change else None
    more = {
        "id": one.get("id"),
        "state": state or one.get("status"),
        "type": one.get("type"),
        "tags": texts(one.get("tags")),
        "department": one.get("department_id"),
        "responder": one.get("responder_id") or one.get("agent_id"),
        "category": one.get("category"),
        "assets": [text(a.get("display_name")) for a in objects(one.get("assets"))],
    }
    asker = one.get("requester_id")
    user = {"user": str(asker)} if isinstance(asker, (int, str)) and asker and not is_change else {}
    told = text(pick(one, "description_text", "description"))
    yield entry(one.get("created_at"), "created", f"{title}\n{told}".strip(), None, common, more) | user
    for field, action in (("planned_start_date", "planned_start"), ("planned_end_date", "planned_end")):
        if is_change and one.get(field):
            yield entry(one[field], action, f"{title}: {action.replace('_', ' ')}", one.get("agent_id"), common, more)
    stats = mapping(one.get("stats"))
    for field, action in (("first_responded_at", "acknowledged"), ("resolved_at", "resolved"), ("closed_at", "closed")):
        if stats.get(field):
            yield entry(stats[field], action, f"{title}: {action}", None, common, more)
    if state in ("resolved", "closed") and not stats:
        yield entry(one.get("updated_at"), state, f"{title}: {state}", None, common, {**more, "ended": "updated_at"})
