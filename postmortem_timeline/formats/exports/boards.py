"""Cards of Trello and tasks of Asana: what people did with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.tickets import entry, step_to
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "boards"
TITLE = "Trello cards and Asana tasks"
GROUP = "ticket"
KIND = "ticket"
URL = "https://developer.atlassian.com/cloud/trello/guides/rest-api/action-types/"
NAMES = ("*trello*.json", "*asana*.json", "*board*.json")

ARRAYS = ("actions", "data")
VERBS = {
    "createCard": "created",
    "commentCard": "commented",
    "addMemberToCard": "assigned",
    "copyCard": "created",
    "deleteCard": "deleted",
}


def sniff(head: bytes, name: str) -> float:
    """Trello's actions have a type, a date and a member; Asana's tasks and stories a global id."""
    for base in ("actions[].", "action.", "[].", "[].action."):
        if fits(head, "type", "date", "memberCreator", under=(base,)) or fits(
            head, "type", "date", "idMemberCreator", under=(base,)
        ):
            return 0.97
    if fits(head, "gid", "created_at", "resource_subtype", under=("data[].", "[].", "data.")):
        return 0.97
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event for each action of a board or story of a task; the steps that a task stamps."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("action")) or item
    if "gid" in one or "gid" in mapping(one.get("data")):
        yield from _task(one if "gid" in one else mapping(one["data"]))
    elif "date" in one and "type" in one:
        yield _action(one)


def _action(one: dict[str, Any]) -> Event:
    kind, data = text(one.get("type")), mapping(one.get("data"))
    card, was = mapping(data.get("card")), mapping(data.get("old"))
    title = text(pick(card, "name")) or text(pick(data, "board.name"))
    before, after = text(pick(data, "listBefore.name")), text(pick(data, "listAfter.name"))
    action = VERBS.get(kind, kind)
    said = text(data.get("text"))
    if after:
        action, said = step_to(after, before) or kind, f"{before} -> {after}"
    elif "closed" in was:
        action = "closed" if card.get("closed") else "reopened"
    more = {
        "id": one.get("id"),
        "type": kind,
        "board": pick(data, "board.name"),
        "list": pick(data, "list.name"),
        "link": card.get("shortLink"),
    }
    who = pick(one, "memberCreator.fullName", "memberCreator.username", "idMemberCreator")
    return entry(
        one.get("date"),
        action,
        f"{title}: {said}" if said else title,
        who,
        {"correlation_key": text(card.get("id")) or None},
        more,
    )


def _task(one: dict[str, Any]) -> Iterator[Event]:
    if one.get("resource_type") == "story" or ("text" in one and "name" not in one):
        kind = text(one.get("resource_subtype"))
        action = {
            "comment_added": "commented",
            "assigned": "assigned",
            "marked_complete": "resolved",
            "marked_incomplete": "reopened",
        }.get(kind, kind)
        key = text(pick(one, "target.gid")) or None
        yield entry(
            one.get("created_at"),
            action,
            text(one.get("text")),
            pick(one, "created_by.name"),
            {"correlation_key": key},
            {"id": one.get("gid"), "type": kind},
        )
        return
    common, title = {"correlation_key": text(one.get("gid"))}, text(one.get("name"))
    sections = [text(pick(place, "section.name")) for place in objects(one.get("memberships"))]
    more = {
        "id": one.get("gid"),
        "assignee": pick(one, "assignee.name"),
        "section": ", ".join(filter(None, sections)),
        "url": one.get("permalink_url"),
    }
    yield entry(
        one.get("created_at"),
        "created",
        f"{title}\n{text(one.get('notes'))}".strip(),
        pick(one, "created_by.name"),
        common,
        more,
    )
    if one.get("completed_at"):
        yield entry(
            one["completed_at"], "resolved", f"{title}: completed", pick(one, "completed_by.name"), common, more
        )
