"""ServiceNow incidents, changes and tasks of the Table API, with their journals and audits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import goes_back
from postmortem_timeline.formats.exports.tickets import entry, priority
from postmortem_timeline.formats.exports.walk import fits, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "servicenow"
TITLE = "ServiceNow incidents, changes and journals (Table API)"
GROUP = "ticket"
KIND = "ticket"
URL = "https://www.servicenow.com/docs/bundle/zurich-api-reference/page/integrate/inbound-rest/concept/c_TableAPI.html"
NAMES = ("*servicenow*.json", "*incident*.json", "*change_request*.json")

ARRAYS = ("result", "records")
INCIDENT_STATES = {"1": "new", "2": "in progress", "3": "on hold", "6": "resolved", "7": "closed", "8": "canceled"}
JOURNALS = ("comments_and_work_notes", "work_notes", "comments")
ENTRY = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) - (.+?) \(([^)]*)\)\n", re.MULTILINE)
LIFE = (
    ("opened_at", "created", "opened_by"),
    ("resolved_at", "resolved", "resolved_by"),
    ("closed_at", "closed", "closed_by"),
)


def sniff(head: bytes, name: str) -> float:
    """Records have a system id, a number and a short description; journal entries and audits the record they belong to."""
    for base in ("result[].", "records[].", "[].", "", "result."):
        if fits(head, "number", "short_description", under=(base,)) and any(
            fits(head, mark, under=(base,)) for mark in ("sys_id", "opened_at", "sys_created_on", "state")
        ):
            return 0.97
        if fits(head, "element_id", "sys_created_on", under=(base,)) or fits(
            head, "documentkey", "sys_created_on", under=(base,)
        ):
            return 0.96
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The steps that a record stamps, and each entry of its journal. The API's stamps are UTC without saying so."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("result")) or item
    if "element_id" in one or "documentkey" in one:
        yield _log(one)
        return
    number = shown(one.get("number"))
    if not number or "short_description" not in one:
        return
    title = f"{number}: {shown(one.get('short_description'))}"
    is_change = number.startswith("CHG") or "start_date" in one
    state = shown(one.get("state") or one.get("incident_state"))
    common = {
        "correlation_key": number,
        "service": shown(one.get("business_service")) or shown(one.get("cmdb_ci")) or None,
        **priority(shown(one.get("priority")) or shown(one.get("severity"))),
        **({"kind": "change"} if is_change else {}),
    }
    more = {
        "id": shown(one.get("sys_id")),
        "state": INCIDENT_STATES.get(state, state) if number.startswith("INC") else state,
        "impact": shown(one.get("impact")),
        "urgency": shown(one.get("urgency")),
        "group": shown(one.get("assignment_group")),
        "assignee": shown(one.get("assigned_to")),
        "close_code": shown(one.get("close_code")),
        "type": shown(one.get("type")),
        "caused_by": shown(one.get("caused_by")),
        "caller": shown(one.get("caller_id")),
    }
    told = shown(one.get("description"))
    opened = one.get("opened_at") or one.get("sys_created_on")
    for field, action, who in LIFE:
        stamp = opened if action == "created" else one.get(field)
        if shown(stamp):
            said = (
                f"{title}\n{told}".strip()
                if action == "created"
                else ": ".join(filter(None, (title, action, shown(one.get("close_notes")))))
            )
            yield entry(shown(stamp), action, said, shown(one.get(who) or one.get("sys_created_by")), common, more)
    yield from _work(one, title, common, more)
    for journal in JOURNALS:
        yield from _journal(shown(one.get(journal)), title, common, more)


def _work(one: dict[str, Any], title: str, common: Event, more: dict[str, Any]) -> Iterator[Event]:
    """When a change was made, as worked on, else as planned."""
    failed = shown(one.get("close_code")).lower().startswith("unsuccessful")
    for field, planned, action in (
        ("work_start", "start_date", "started"),
        ("work_end", "end_date", "failed" if failed else "succeeded"),
    ):
        actual = shown(one.get(field))
        if stamp := actual or shown(one.get(planned)):
            step = (
                "rolled_back"
                if goes_back(title) and action == "started"
                else action
                if actual
                else f"planned_{action.replace('succeeded', 'end').replace('started', 'start')}"
            )
            yield entry(stamp, step, f"{title}: {step.replace('_', ' ')}", shown(one.get("assigned_to")), common, more)


def _journal(said: str, title: str, common: Event, more: dict[str, Any]) -> Iterator[Event]:
    """Entries stand in one text, the newest first: `2025-07-15 15:55:40 - Mira Okafor (Work notes)` and the words below."""
    found = list(ENTRY.finditer(said))
    for mark, after in zip(found, [*[one.start() for one in found[1:]], len(said)], strict=False):
        words = said[mark.end() : after].strip()
        action = "commented" if "comment" in mark[3].lower() else "noted"
        yield entry(mark[1], action, f"{title}: {words}", mark[2], common, {**more, "journal": mark[3]})


def _log(one: dict[str, Any]) -> Event:
    key, field = (
        shown(one.get("element_id") or one.get("documentkey")),
        shown(one.get("element") or one.get("fieldname")),
    )
    if "newvalue" in one:
        said, action = f"{field}: {shown(one.get('oldvalue'))} -> {shown(one.get('newvalue'))}", f"{field}_changed"
    else:
        said, action = shown(one.get("value")), "commented" if field == "comments" else "noted"
    who = shown(one.get("sys_created_by") or one.get("user"))
    return entry(
        shown(one.get("sys_created_on")),
        action,
        said,
        who,
        {"correlation_key": key},
        {"field": field, "table": shown(one.get("name"))},
    )


def shown(value: Any) -> str:
    """A field's text; with `sysparm_display_value=all` or links it is an object of several values."""
    if isinstance(value, dict):
        value = value.get("display_value") or value.get("value")
    return text(value).strip()
