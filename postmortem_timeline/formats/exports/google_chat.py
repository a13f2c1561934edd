"""Google Chat: messages.json of Takeout, with times in words, and messages of the API."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.walk import pick, walk
from postmortem_timeline.parsing.jsondoc import key_paths
from postmortem_timeline.parsing.members import mapping, objects, text, texts
from postmortem_timeline.parsing.written import read

NAME = "google_chat"
TITLE = "Google Chat (Takeout, API)"
GROUP = "chat"
KIND = "chat"
URL = "https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages"
NAMES = ("messages.json",)

TAKEOUT = ("messages[].creator.name", "messages[].created_date")
API = ("name", "sender.name", "createTime")


def sniff(head: bytes, name: str) -> float:
    """Takeout's messages have a creator and a date; those of the API a name of their own, a sender and a time."""
    keys = key_paths(head)
    if all(key in keys for key in TAKEOUT):
        return 0.98
    found = any(all(base + key in keys for key in API) for base in ("messages[].", "[].", ""))
    return 0.95 if found and b'"spaces/' in head else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message."""
    space = _space(context)
    return walk(data, context, ("messages",), lambda item: _rows(item, space), KIND, _pages)


def _pages(rest: dict[str, Any], context: Context) -> None:
    if rest.get("nextPageToken"):
        context.note("more_pages", 'the answer is one page of several ("nextPageToken")')


def _space(context: Context) -> str:
    """The name in the group's own file, else the folder: `Space AAAAx`, `DM BBBBy`."""
    try:
        name = text(mapping(json.loads(context.read("group_info.json") or b"{}")).get("name"))
    except ValueError:
        name = ""
    return name or posixpath.basename(posixpath.dirname(context.source.rpartition("!")[2]))


def _rows(item: dict[str, Any], space: str) -> Iterator[Event]:
    if item.get("createTime"):
        yield _of_api(item)
    elif item.get("created_date") or item.get("creator"):
        yield _of_takeout(item, space)


def _of_takeout(item: dict[str, Any], space: str) -> Event:
    creator = mapping(item.get("creator"))
    deleted = item.get("message_state") == "DELETED" or bool(item.get("deletion_metadata"))
    return message(
        _in_words(text(item.get("created_date"))), text(creator.get("name") or creator.get("email")), text(item.get("text")),
        own=item.get("message_id"), thread=item.get("topic_id"),
        action="deleted" if deleted else "edited" if item.get("updated_date") else None,
        bot=text(creator.get("user_type")).lower() == "bot", channel=space, email=creator.get("email"),
        edited=item.get("updated_date"),
        reactions={text(pick(r, "emoji.unicode", "emoji.custom_emoji.shortcode")): texts(r.get("reactor_emails"))
                   for r in objects(item.get("reactions"))},
        files=[text(f.get("original_name") or f.get("export_name")) for f in objects(item.get("attached_files"))],
    )  # fmt: skip


def _in_words(stamp: str) -> Event:
    """`Tuesday, July 15, 2025 at 5:50:10 PM UTC`, in the account's language."""
    said = read(stamp)
    when = said.instant() if said and said.clock_ns is not None else None
    doubt = {} if when is None or (said and said.offset is not None) else {"time_quality": "zone_assumed"}
    return ({"timestamp": when, "stamp": stamp} | doubt) if stamp else {}


def _of_api(item: dict[str, Any]) -> Event:
    sender, place = mapping(item.get("sender")), mapping(item.get("space"))
    deleted, edited = item.get("deleteTime"), item.get("lastUpdateTime")
    counts = objects(item.get("emojiReactionSummaries"))
    return message(
        item.get("createTime"), text(sender.get("displayName") or sender.get("name")), _words(item), own=item.get("name"),
        thread=pick(item, "thread.name"), action="deleted" if deleted else "edited" if edited else None,
        bot=sender.get("type") == "BOT",
        channel=text(place.get("displayName") or text(item.get("name")).partition("/messages/")[0]),
        user_id=sender.get("name"), edited=edited, deleted=deleted,
        reactions={text(pick(r, "emoji.unicode")): r.get("reactionCount") for r in counts},
        files=[text(f.get("contentName")) for f in objects(item.get("attachment"))],
    )  # fmt: skip


def _words(item: dict[str, Any]) -> str:
    said = text(item.get("text") or item.get("argumentText") or item.get("fallbackText"))
    cards = [mapping(one.get("card") or one) for one in objects(item.get("cardsV2")) + objects(item.get("cards"))]
    heads = [text(mapping(card.get("header")).get(key)) for card in cards for key in ("title", "subtitle")]
    return "\n".join(line for line in [said, *heads] if line)
