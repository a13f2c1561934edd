"""Zendesk tickets, comments and audits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import more_pages
from postmortem_timeline.formats.exports.tickets import entry, priority, step_to
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "zendesk"
TITLE = "Zendesk tickets, comments and audits"
GROUP = "ticket"
KIND = "ticket"
URL = "https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/"
NAMES = ("*zendesk*.json", "*tickets*.json", "*audits*.json")

ARRAYS = ("tickets", "audits", "comments", "results", "ticket_events")

OWN = ("submitter_id", "raw_subject", "via", "organization_id", "brand_id")


def sniff(head: bytes, name: str) -> float:
    """Tickets have a requester and a subject, audits events, comments an author and whether they are public."""
    for base in ("tickets[].", "results[].", "ticket.", "[].", ""):
        marks = any(fits(head, mark, under=(base,)) for mark in OWN) and not fits(head, "responder_id", under=(base,))
        if marks and fits(head, "requester_id", "subject", "created_at", under=(base,)):
            return 0.97
    if fits(head, "ticket_id", "events[].field_name", under=("audits[].", "[].")) or fits(
        head, "ticket_id", "author_id", "events", under=("audits[].", "[].")
    ):
        return 0.97
    return 0.96 if fits(head, "author_id", "public", "plain_body", under=("comments[].", "[].")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The creation of each ticket (by a customer, who is a user), its changes, and comments."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("ticket")) or item
    if "ticket_id" in one and "events" in one:
        yield from _audit(one)
    elif "author_id" in one and "public" in one:
        yield _comment(one, {}, "comment")
    elif "subject" in one:
        yield from _ticket(one)


def _ticket(one: dict[str, Any]) -> Iterator[Event]:
    common = {"correlation_key": f"zendesk-{one.get('id')}", **priority(one.get("priority"))}
    title = f"ticket {one.get('id')}: {text(one.get('subject'))}"
    more = {
        "id": one.get("id"),
        "status": one.get("status"),
        "tags": texts(one.get("tags")),
        "type": one.get("type"),
        "via": pick(one, "via.channel"),
        "organization": one.get("organization_id"),
        "assignee": one.get("assignee_id"),
        "problem": one.get("problem_id"),
        "url": one.get("url"),
    }
    yield entry(
        one.get("created_at"), "created", f"{title}\n{text(one.get('description'))}".strip(), None, common, more
    ) | _customer(one.get("requester_id"))
    for comment in objects(one.get("comments")):
        yield _comment(comment, common, title)
    times = mapping(one.get("metric_set"))
    for stamp, action in (("initially_assigned_at", "assigned"), ("solved_at", "resolved")):
        if times.get(stamp):
            yield entry(times[stamp], action, f"{title}: {action}", None, common, more)
    step = step_to(one.get("status"))
    if step in ("resolved", "closed") and not times.get("solved_at"):
        yield entry(
            one.get("updated_at"), step, f"{title}: {one.get('status')}", None, common, {**more, "ended": "updated_at"}
        )


def _audit(one: dict[str, Any]) -> Iterator[Event]:
    common: Event = {"correlation_key": f"zendesk-{one.get('ticket_id')}"}
    author = one.get("author_id")
    if any(event.get("type") == "Create" for event in objects(one.get("events"))):  # by who asks, as a rule
        common, author = common | _customer(author), None
    for event in objects(one.get("events")):
        kind, field = text(event.get("type")), text(event.get("field_name"))
        more = {
            "id": one.get("id"),
            "ticket": one.get("ticket_id"),
            "event": kind,
            "field": field,
            "via": pick(one, "via.channel"),
        }
        title = f"ticket {one.get('ticket_id')}"
        if kind == "Comment":
            yield entry(one.get("created_at"), "commented", f"{title}: {text(event.get('body'))}", author, common, more)
        elif kind in ("Create", "Change") and field in ("status", "assignee_id", "priority", "group_id", "subject"):
            new, old = text(event.get("value")), text(event.get("previous_value"))
            action = (
                "created"
                if kind == "Create" and field == "status"
                else step_to(new, old)
                if field == "status"
                else "assigned"
                if field == "assignee_id"
                else f"{field}_changed"
            )
            yield entry(one.get("created_at"), action, f"{title}: {field}: {old} -> {new}", author, common, more)


def _comment(one: dict[str, Any], common: Event, title: str) -> Event:
    said = text(pick(one, "plain_body", "body")).strip()
    return entry(
        one.get("created_at"),
        "commented",
        f"{title}: {said}",
        one.get("author_id"),
        common,
        {"id": one.get("id"), "public": one.get("public")},
    )


def _customer(number: Any) -> Event:
    return {"user": str(number)} if isinstance(number, (int, str)) and number else {}
