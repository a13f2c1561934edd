"""Telegram Desktop: result.json of one chat, or of all chats of an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "telegram"
TITLE = "Telegram Desktop chat export (JSON)"
GROUP = "chat"
KIND = "chat"
URL = "https://core.telegram.org/import-export"
NAMES = ("result.json",)

ARRAYS = ("messages", "chats.list", "left_chats.list")
SERVICE = {
    "invite_members": "join", "join_group_by_link": "join", "join_group_by_request": "join", "remove_members": "leave",
    "pin_message": "pinned_item", "edit_group_title": "topic", "edit_group_photo": "system", "create_group": "system",
    "create_channel": "system", "phone_call": "system", "group_call": "system",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Messages with a date that is local and, lately, the same in Unix seconds."""
    keys = key_paths(head)
    for base in ("messages[].", "chats.list[].messages[].", "left_chats.list[].messages[]."):
        dated = keys & {base + "date_unixtime", base + "from_id", base + "text_entities"}
        if dated and base + "text" in keys and keys & {base + "from", base + "actor"}:
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message and per event of the chat's own."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    found = list(elements(data, ARRAYS, context.note))
    name = next((text(mapping(e.value).get("name")) for e in found if e.path == REST), "")
    for element in found:
        if element.path.endswith(".list"):
            chat = text(mapping(element.value).get("name"))
            for one in element.within("messages"):
                yield _row(one, chat)
        elif element.path != REST:
            yield _row(element, name)


def _row(element: Element, chat: str) -> Event:
    item = mapping(element.value)
    if element.path == BROKEN or not (item.get("date_unixtime") or item.get("date")):
        return unparsed(element)
    return _message(item, chat) | placed(element)


def _message(item: dict[str, Any], chat: str) -> Event:
    service = item.get("type") == "service"
    edited = item.get("edited_unixtime") or item.get("edited")
    done = text(item.get("action"))
    words = _words(item.get("text")) or (_done(item) if service else "") or _shown(item)
    return message(
        item.get("date_unixtime") or item.get("date"), text(item.get("from") or item.get("actor")), words, own=item.get("id"),
        thread=item.get("reply_to_message_id"),
        action=SERVICE.get(done, "system") if service else "edited" if edited else None,
        bot=bool(item.get("via_bot")), channel=chat, user_id=item.get("from_id") or item.get("actor_id"), edited=edited,
        type=done, forwarded_from=item.get("forwarded_from"), reactions=_reactions(item),
    )  # fmt: skip


def _words(value: Any) -> str:
    """A text, or a list of texts and of objects that mark a part of it."""
    if isinstance(value, list):
        return "".join(part if isinstance(part, str) else text(mapping(part).get("text")) for part in value)
    return text(value)


def _done(item: dict[str, Any]) -> str:
    members = item.get("members")
    names = ", ".join(m for m in texts(members)) if members else text(item.get("title"))
    return f"{text(item.get('action')).replace('_', ' ')} {names}".strip()


def _shown(item: dict[str, Any]) -> str:
    """What stands in place of words: a file, a picture, a place."""
    kind = text(item.get("media_type") or ("photo" if item.get("photo") else "file" if item.get("file") else ""))
    name = text(item.get("file_name") or item.get("sticker_emoji"))
    return f"[{kind}: {name}]" if kind and name else f"[{kind}]" if kind else ""


def _reactions(item: dict[str, Any]) -> dict[str, Any]:
    found = objects(item.get("reactions"))
    return {
        text(one.get("emoji")): [text(r.get("from")) for r in objects(one.get("recent"))] or one.get("count")
        for one in found
    }
