"""Discord: JSON of DiscordChatExporter, of the API, and of a person's own data package."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "discord"
TITLE = "Discord messages (DiscordChatExporter, API, data package)"
GROUP = "chat"
KIND = "chat"
URL = "https://github.com/Tyrrrz/DiscordChatExporter"
NAMES = ("* [[]*[]].json", "messages.json")

ARRAYS = ("messages",)
EXPORTED = {"messages[].timestamp", "messages[].author.id", "messages[].content", "channel.id"}
API = {"timestamp", "author.username", "content", "channel_id"}
PACKAGE = {"ID", "Timestamp", "Contents"}
TYPES = {
    "GuildMemberJoin": "join", "RecipientAdd": "join", "RecipientRemove": "leave", "ChannelPinnedMessage": "pinned_item",
    "ChannelNameChange": "topic", "ChannelIconChange": "system", "Call": "system", "ThreadCreated": "system",
    "7": "join", "1": "join", "2": "leave", "6": "pinned_item", "4": "topic", "5": "system", "3": "system", "18": "system",
}  # fmt: skip
MENTION = re.compile(r"<(@[!&]?|#)(\d{15,20})>")
EMOJI = re.compile(r"<a?(:\w+:)\d{15,20}>")


def sniff(head: bytes, name: str) -> float:
    """Messages beside their guild and channel; messages that name theirs; texts with capital names."""
    keys = key_paths(head)
    if keys >= EXPORTED and any(key.startswith("guild.") for key in keys):
        return 0.98
    if any({base + key for key in API} <= keys for base in ("[].", "", "messages[].")):
        return 0.95
    return 0.95 if {"[]." + key for key in PACKAGE} <= keys else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message. The zone of the exporter is in its stamps; Discord's own package is in UTC."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    found = list(elements(data, ARRAYS, context.note))
    beside: dict[str, Any] = next((mapping(e.value) for e in found if e.path == REST), {})
    channel = mapping(beside.get("channel")) or _own_channel(context)
    place = {
        "channel": text(channel.get("name")) or _of_name(context.source), "channel_id": channel.get("id"),
        "thread_of": channel.get("category") if "Thread" in text(channel.get("type")) else None,
        "guild": text(mapping(beside.get("guild")).get("name")),
    }  # fmt: skip
    count = beside.get("messageCount")
    if isinstance(count, int) and count != sum(e.path == "messages" for e in found):
        context.note("count_differs", f"the export says that it holds {count} messages")
    for element in found:
        item = mapping(element.value)
        if element.path == REST:
            continue
        if element.path != BROKEN and "Contents" in item:
            yield _own(item, place) | placed(element)
        elif element.path != BROKEN and item.get("timestamp") and "author" in item:
            yield _message(item, place) | placed(element)
        else:
            yield unparsed(element)


def _own_channel(context: Context) -> dict[str, Any]:
    """The data package keeps the channel in a file beside its messages."""
    try:
        return mapping(json.loads(context.read("channel.json") or b"{}"))
    except ValueError:
        return {}


def _of_name(source: str) -> str:
    """`Server - Category - channel [123].json`"""
    stem = posixpath.basename(source.rpartition("!")[2]).rpartition(".")[0]
    return stem.partition(" [")[0].rpartition(" - ")[2] if " [" in stem else ""


def _message(item: dict[str, Any], place: dict[str, Any]) -> Event:
    author, reference = mapping(item.get("author")), mapping(item.get("reference") or item.get("message_reference"))
    name = author.get("nickname") or author.get("global_name") or author.get("name") or author.get("username")
    kind, edited = text(item.get("type")), item.get("timestampEdited") or item.get("edited_timestamp")
    is_bot = bool(author.get("isBot") or author.get("bot") or item.get("webhook_id"))
    forwarded = mapping(item.get("forwardedMessage"))
    return message(
        item.get("timestamp"), text(name), _words(item) or text(forwarded.get("content")), own=item.get("id"),
        thread=reference.get("messageId") or reference.get("message_id"),
        action=TYPES.get(kind) or ("edited" if edited else None), bot=is_bot,
        **{**place, "channel_id": place["channel_id"] or item.get("channel_id")},
        login=author.get("name") if author.get("name") != name else None, user_id=author.get("id"), edited=edited,
        type=kind if kind not in ("Default", "Reply", "0", "19") else None,
        pinned=item.get("isPinned") or item.get("pinned") or None, reactions=_reactions(item),
        files=[text(a.get("fileName") or a.get("filename")) for a in objects(item.get("attachments"))],
    )  # fmt: skip


def _words(item: dict[str, Any]) -> str:
    """The content, then what embeds say: bots speak in them. People's embeds are previews of links."""
    people = {text(m.get("id")): text(m.get("nickname") or m.get("global_name") or m.get("name") or m.get("username"))
              for m in objects(item.get("mentions"))}  # fmt: skip
    content = EMOJI.sub(r"\1", text(item.get("content")))
    content = MENTION.sub(lambda m: m[1][0] + (people.get(m[2]) or m[2]), content)
    author = mapping(item.get("author"))
    if content and not (author.get("isBot") or author.get("bot") or item.get("webhook_id")):
        return content
    lines = [content]
    for embed in objects(item.get("embeds")):
        fields = [f"{text(f.get('name'))}: {text(f.get('value'))}" for f in objects(embed.get("fields"))]
        lines += [text(embed.get("title")), text(embed.get("description")), *fields]
    if not any(lines):
        lines = [f"[file: {text(a.get('fileName') or a.get('filename'))}]" for a in objects(item.get("attachments"))]
    return "\n".join(line for line in lines if line)


def _reactions(item: dict[str, Any]) -> dict[str, Any]:
    """Who reacted with what; where only a number is known, how many."""
    found: dict[str, Any] = {}
    for one in objects(item.get("reactions")):
        emoji = mapping(one.get("emoji"))
        who = [text(u.get("nickname") or u.get("name")) for u in objects(one.get("users"))]
        found[text(emoji.get("code") or emoji.get("name"))] = who or one.get("count")
    return found


def _own(item: dict[str, Any], place: dict[str, Any]) -> Event:
    """Of one's own messages the package names no author; its stamps are UTC and do not say so."""
    stamp = text(item.get("Timestamp"))
    row = message(stamp, "", text(item.get("Contents")), own=item.get("ID"), **place, files=item.get("Attachments"))
    if row.get("time_quality"):
        row["time_quality"] = "exact"
    return row
