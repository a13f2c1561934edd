"""Matrix: a room's export by Element, and pages of events of the client API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, text

NAME = "matrix"
TITLE = "Matrix room export (Element) and events of the API"
GROUP = "chat"
KIND = "chat"
URL = "https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3roomsroomidmessages"
NAMES = ("export.json", "*matrix*.json")

ARRAYS = ("messages", "chunk")
NEEDS = ("type", "sender", "content", "origin_server_ts")
MEMBER = {"join": "join", "invite": "join", "leave": "leave", "ban": "leave"}
STATES = {
    "m.room.topic": "topic",
    "m.room.name": "topic",
    "m.room.redaction": "system",
    "m.room.pinned_events": "pinned_item",
}


def sniff(head: bytes, name: str) -> float:
    """Events with the second of the server that they came from."""
    keys = key_paths(head)
    for base in ("messages[].", "chunk[].", "[].", ""):
        if base + "origin_server_ts" in keys and all(any(k.startswith(base + n) for k in keys) for n in NEEDS):
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per event of the room. A message that was edited has its last words; its first are kept beside."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    found = list(elements(data, ARRAYS, context.note))
    beside: dict[str, Any] = next((mapping(e.value) for e in found if e.path == REST), {})
    told = [mapping(e.value) for e in found if e.path not in (REST, BROKEN)]
    room, edits, reactions = text(beside.get("room_name")), _edits(told), _reactions(told)
    for element in found:
        item = mapping(element.value)
        if element.path == REST:
            continue
        if element.path != BROKEN and item.get("origin_server_ts") and item.get("type"):
            yield _row(item, room, edits, reactions) | placed(element)
        else:
            yield unparsed(element)


def _relation(item: dict[str, Any]) -> dict[str, Any]:
    return mapping(mapping(item.get("content")).get("m.relates_to"))


def _edits(told: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The latest replacement of each event that was replaced."""
    edits = [e for e in told if _relation(e).get("rel_type") == "m.replace"]
    return {text(_relation(e).get("event_id")): e for e in sorted(edits, key=lambda e: text(e.get("origin_server_ts")))}


def _reactions(told: list[dict[str, Any]]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for event in told:
        about = _relation(event)
        if event.get("type") == "m.reaction":
            emojis = found.setdefault(text(about.get("event_id")), {})
            emojis.setdefault(text(about.get("key")), []).append(_who(event))
    return found


def _who(item: dict[str, Any]) -> str:
    """`@noah:shop.example` is noah, unless the export says a name."""
    return text(item.get("sender_name")) or text(item.get("sender")).removeprefix("@").partition(":")[0]


def _row(item: dict[str, Any], room: str, edits: dict[str, Any], reactions: dict[str, Any]) -> Event:
    content, own, about = mapping(item.get("content")), text(item.get("event_id")), _relation(item)
    kind = text(item.get("type"))
    words, action = _words(content), None
    replies = text(mapping(about.get("m.in_reply_to")).get("event_id"))
    more: dict[str, Any] = {}
    redacted = mapping(item.get("unsigned")).get("redacted_because") or item.get("redacted_because")
    if kind in ("m.room.message", "m.sticker", "m.room.encrypted"):
        action = "deleted" if redacted or (not content and kind == "m.room.message") else None
        if about.get("rel_type") == "m.replace":
            words, action = f"edited: {_words(mapping(content.get('m.new_content')))}", "system"
        elif own in edits:
            edit = edits[own]
            more = {"first_text": words, "edited": edit.get("origin_server_ts")}
            words, action = _words(mapping(mapping(edit.get("content")).get("m.new_content"))) or words, "edited"
    elif kind == "m.room.member":
        membership = text(content.get("membership"))
        words, action = f"{membership} {text(item.get('state_key'))}".strip(), MEMBER.get(membership, "system")
    else:
        said = [text(content.get(key)) for key in ("topic", "name", "body", "reason")] + [text(about.get("key"))]
        words, action = next((s for s in said if s), kind), STATES.get(kind, "system")
    return message(
        item.get("origin_server_ts"), _who(item), words, own=own, action=action,
        thread=(about.get("event_id") if about.get("rel_type") != "m.annotation" else None) or replies,
        bot=content.get("msgtype") == "m.notice", channel=room or text(item.get("room_id")), user_id=item.get("sender"),
        reply_to=replies, type=kind if kind != "m.room.message" else None,
        files=[text(content.get("body"))] if content.get("url") or content.get("file") else None,
        reactions=reactions.get(own), **more,
    )  # fmt: skip


def _words(content: dict[str, Any]) -> str:
    """The body without the quotation that older clients put before an answer."""
    body = text(content.get("body"))
    if mapping(mapping(content.get("m.relates_to")).get("m.in_reply_to")) and body.startswith("> "):
        body = body.partition("\n\n")[2] or body
    return body
