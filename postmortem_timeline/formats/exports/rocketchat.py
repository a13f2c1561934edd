"""Rocket.Chat: messages of the API, of a room's export, and of a database export to JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.walk import walk
from postmortem_timeline.parsing.jsondoc import key_paths
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "rocketchat"
TITLE = "Rocket.Chat messages (API, room export, mongoexport)"
GROUP = "chat"
KIND = "chat"
URL = "https://developer.rocket.chat/apidocs/get-channel-history"
NAMES = ("*rocketchat*", "messages.json")

NEEDS = ("msg", "ts")
AUTHORS = ("u.username", "username")
TYPES = {
    "uj": "join", "au": "join", "ujt": "join", "ul": "leave", "ru": "leave", "ult": "leave", "r": "topic",
    "room_changed_topic": "topic", "room_changed_description": "purpose", "room_changed_announcement": "topic",
    "message_pinned": "pinned_item", "rm": "deleted", "room-archived": "archive",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """A message is `msg`, its time `ts`, its author `u`."""
    keys = key_paths(head)
    for base in ("messages[].", "[].", "", "message."):
        known = keys & {base + "_id", base + "rid", base + "u._id"} or {base + "type", base + "attachments"} <= keys
        if known and all(base + key in keys for key in NEEDS) and any(base + key in keys for key in AUTHORS):
            return 0.97
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message."""
    return walk(data, context, ("messages",), _rows, KIND, _pages)


def _pages(rest: dict[str, Any], context: Context) -> None:
    total, count = rest.get("total"), rest.get("count")
    if isinstance(total, int) and isinstance(count, int) and total > count:
        context.note("more_pages", f"the answer holds {count} of {total} messages")


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    item = mapping(item.get("message")) or item
    if "msg" in item and (stamp := _time(item.get("ts"))):
        yield _message(item, stamp)


def _time(value: Any) -> Any:
    """MongoDB's extended JSON wraps dates, and longs in them."""
    while isinstance(value, dict):
        value = value.get("$date", value.get("$numberLong"))
    return value


def _message(item: dict[str, Any], stamp: Any) -> Event:
    author, kind = mapping(item.get("u")), text(item.get("t") or item.get("type"))
    edited = _time(item.get("editedAt"))
    return message(
        stamp, text(item.get("alias") or author.get("name") or author.get("username") or item.get("username")), _words(item),
        own=item.get("_id"), thread=item.get("tmid"), action=TYPES.get(kind, "system") if kind else "edited" if edited else None,
        bot=bool(item.get("bot")), channel=text(item.get("rid")), login=author.get("username"), user_id=author.get("_id"),
        edited=edited, type=kind, pinned=item.get("pinned") or None,
        files=[text(f.get("name")) for f in objects(item.get("files")) or objects([item.get("file")])],
        reactions={text(k): texts(mapping(v).get("usernames")) for k, v in mapping(item.get("reactions")).items()},
    )  # fmt: skip


def _words(item: dict[str, Any]) -> str:
    lines = [text(item.get("msg"))]
    if item.get("bot") or not lines[0]:
        for part in objects(item.get("attachments")):
            fields = [f"{text(f.get('title'))}: {text(f.get('value'))}" for f in objects(part.get("fields"))]
            lines += [text(part.get("title")), text(part.get("text") or part.get("description")), *fields]
    return "\n".join(line for line in lines if line)
