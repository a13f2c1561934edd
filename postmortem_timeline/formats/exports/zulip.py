"""Zulip: message files of an organisation's export, and answers of the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "zulip"
TITLE = "Zulip export and messages of the API"
GROUP = "chat"
KIND = "chat"
URL = "https://zulip.com/help/export-your-organization"
NAMES = ("messages-*.json",)

ARRAYS = ("messages", "zerver_message")
EXPORTED = ("sender", "recipient", "content", "date_sent")
API = ("sender_full_name", "content", "timestamp")
PERSONAL, STREAM = 1, 2  # types of recipients


def sniff(head: bytes, name: str) -> float:
    """The export's messages name people and places by number; those of the API by name."""
    keys = key_paths(head)
    if all(f"zerver_message[].{key}" in keys for key in EXPORTED):
        return 0.99
    return 0.98 if any(all(base + key in keys for key in API) for base in ("messages[].", "[].", "message.")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    found = list(elements(data, ARRAYS, context.note))
    beside: dict[str, Any] = next((mapping(e.value) for e in found if e.path == REST), {})
    realm = _realm(context.read("realm.json"))
    given: dict[Any, list[dict[str, Any]]] = {}
    for one in objects(beside.get("zerver_reaction")):
        given.setdefault(str(one.get("message")), []).append(one)
    if beside.get("found_newest") is False or beside.get("found_oldest") is False:
        context.note("more_pages", "the answer is one page of several")
    for element in found:
        item = mapping(mapping(element.value).get("message")) or mapping(element.value)
        if element.path == REST:
            continue
        if element.path != BROKEN and (item.get("date_sent") or item.get("timestamp")) and "content" in item:
            yield _message(item, realm, given.get(str(item.get("id")), [])) | placed(element)
        else:
            yield unparsed(element)


class Realm:
    """Who and where, by the numbers of an export."""

    def __init__(self, data: dict[str, Any]) -> None:
        people = objects(data.get("zerver_userprofile")) + objects(data.get("zerver_userprofile_crossrealm"))
        streams = {str(s.get("id")): text(s.get("name")) for s in objects(data.get("zerver_stream"))}
        self.people = {str(p.get("id")): p for p in people}
        self.places = {
            str(r.get("id")): streams.get(str(r.get("type_id")), "") if r.get("type") == STREAM else ""
            for r in objects(data.get("zerver_recipient"))
        }

    def name(self, number: Any) -> str:
        person = self.people.get(str(number), {})
        return text(person.get("full_name") or person.get("email") or number)


@lru_cache(maxsize=4)
def _realm(data: bytes | None) -> Realm:
    try:
        return Realm(mapping(json.loads(data or b"{}")))
    except ValueError:
        return Realm({})


def _message(item: dict[str, Any], realm: Realm, given: list[dict[str, Any]]) -> Event:
    person = realm.people.get(str(item.get("sender")), {})
    where = item.get("display_recipient")
    channel = where if isinstance(where, str) else ", ".join(text(p.get("full_name")) for p in objects(where))
    channel = channel or realm.places.get(str(item.get("recipient")), "")
    topic = text(item.get("subject") or item.get("topic"))
    edited, content = item.get("last_edit_timestamp") or item.get("last_edit_time"), text(item.get("content"))
    reactions: dict[str, list[str]] = {}
    for one in given or objects(item.get("reactions")):
        who = (
            realm.name(one.get("user_profile"))
            if given
            else text(mapping(one.get("user")).get("full_name") or one.get("user_id"))
        )
        reactions.setdefault(text(one.get("emoji_name")), []).append(who)
    return message(
        item.get("date_sent") or item.get("timestamp"), text(item.get("sender_full_name")) or realm.name(item.get("sender")),
        plain(content) if text(item.get("content_type")) == "text/html" or content.startswith("<p>") else content,
        own=item.get("id"), thread=f"{channel} > {topic}" if channel and topic else topic or None,
        action="edited" if edited else None, bot=bool(person.get("is_bot")), channel=channel, topic=topic,
        user_id=item.get("sender_id") or item.get("sender"), edited=edited, first_text=_first(item.get("edit_history")),
        reactions=reactions,
    )  # fmt: skip


def _first(history: Any) -> str | None:
    """The text before the first edit; the export keeps the history as JSON in a text, the newest first."""
    if isinstance(history, str):
        try:
            history = json.loads(history)
        except ValueError:
            return None
    said = [text(edit.get("prev_content")) for edit in objects(history) if edit.get("prev_content")]
    return said[-1] if said else None
