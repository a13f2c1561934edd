"""Microsoft Teams: messages of channels and chats from the Graph API or PowerShell, with HTML bodies and cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.walk import inner
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "teams"
TITLE = "Microsoft Teams messages (Graph API, PowerShell export)"
GROUP = "chat"
KIND = "chat"
URL = "https://learn.microsoft.com/en-us/graph/api/resources/chatmessage"
NAMES = ("messages_*.json", "*teams*.json")

ARRAYS = ("value", "messages")
NEEDS = {"createddatetime", "body.contenttype"}
OTHERS = {"messagetype", "replytoid", "chatid", "from", "channelidentity.channelid", "lastediteddatetime", "etag"}
AT = re.compile(r"<at\b[^>]*>")
CAPITAL = re.compile(r"(?<=[a-z])[A-Z]")
QUOTED = "messageReference"
WORDS = ("title", "subtitle", "text", "activityTitle", "activitySubtitle", "activityText")
SHOWN_WHEN = {"membersAdded": "join", "membersJoined": "join", "membersDeleted": "leave", "membersLeft": "leave"}


def sniff(head: bytes, name: str) -> float:
    """Messages have a time of creation and a body that says what it is written in."""
    if b"reatedDateTime" not in head:
        return 0.0
    keys = {key.lower() for key in key_paths(head)}
    for base in ("value[].", "[].", "messages[].", ""):
        if all(base + need in keys for need in NEEDS) and any(base + other in keys for other in OTHERS):
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message and reply."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        if element.path == REST:
            if element.value.get("@odata.nextLink"):
                context.note("more_pages", 'the export is one page of several ("@odata.nextLink")')
            continue
        item = mapping(_camel(element.value))
        if element.path == BROKEN or "body" not in item or not item.get("createdDateTime"):
            yield unparsed(element)
            continue
        yield _message(item) | placed(element)
        for name in ("replies", "Replies"):
            for reply in element.within(name):
                yield _message(mapping(_camel(reply.value)), item) | placed(reply)


def _camel(value: Any) -> Any:
    """PowerShell writes the same members with a capital."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _camel(inside) for key, inside in value.items()}
    return [_camel(inside) for inside in value] if isinstance(value, list) else value


def _message(item: dict[str, Any], above: dict[str, Any] | None = None) -> Event:
    author, event = mapping(item.get("from")), mapping(item.get("eventDetail"))
    application = mapping(author.get("application"))
    place = mapping(item.get("channelIdentity")) or mapping(mapping(above or {}).get("channelIdentity"))
    quoted = next((text(a.get("id")) for a in objects(item.get("attachments")) if a.get("contentType") == QUOTED), "")
    return message(
        item.get("createdDateTime"), _name(author) or _name(mapping(event.get("initiator"))), _words(item) or _done(event),
        own=item.get("id"), thread=item.get("replyToId") or (above or {}).get("id") or quoted, action=_action(item, event),
        bot=bool(application) and not mapping(author.get("user")),
        channel=text(place.get("channelId") or item.get("chatId")),
        team=place.get("teamId"), user_id=mapping(author.get("user")).get("id") or application.get("id"),
        edited=item.get("lastEditedDateTime"), deleted=item.get("deletedDateTime"),
        importance=item.get("importance") if item.get("importance") != "normal" else None,
        reactions=_reactions(item), url=item.get("webUrl"),
        files=[text(a.get("name")) for a in objects(item.get("attachments")) if a.get("name")],
        mentions=[text(m.get("mentionText")) for m in objects(item.get("mentions"))],
    )  # fmt: skip


def _done(event: dict[str, Any]) -> str:
    """What happened to the channel: `#microsoft.graph.membersAddedEventMessageDetail` is "members added"."""
    kind = text(event.get("@odata.type")).rpartition(".")[2].removesuffix("EventMessageDetail")
    kind = kind or next((name for name, value in event.items() if name not in ("eventType", "initiator") and value), "")
    return CAPITAL.sub(lambda found: f" {found[0].lower()}", kind)


def _name(author: dict[str, Any]) -> str:
    """A person, an application, a device: whoever of them is named."""
    known = [mapping(author.get(kind)) for kind in ("user", "application", "device", "conversation")]
    named = [text(one.get("displayName")) for one in known] + [text(one.get("id")) for one in known]
    return next((name for name in named if name), "")


def _words(item: dict[str, Any]) -> str:
    body = mapping(item.get("body"))
    content = text(body.get("content"))
    if text(body.get("contentType")).lower() == "html" or "</" in content:
        content = plain(AT.sub("@", content))
    cards = [line for one in objects(item.get("attachments")) for line in _card(inner(one.get("content")))]
    lines = [text(item.get("subject")), content, *cards]
    return "\n".join(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _card(card: Any) -> Iterator[str]:
    """The words of a card in reading order; a quoted message is what another one said."""
    if isinstance(card, list):
        for part in card:
            yield from _card(part)
    elif isinstance(card, dict) and "messagePreview" not in card:
        if card.get("value") and (name := card.get("title") or card.get("name")):
            yield f"{text(name)}: {plain(text(card['value']))}"
        else:
            yield from (plain(text(card[word])) for word in WORDS if isinstance(card.get(word), str))
        for part in ("sections", "body", "items", "columns", "facts", "content"):
            yield from _card(card.get(part))


def _action(item: dict[str, Any], event: dict[str, Any]) -> str | None:
    if item.get("deletedDateTime"):
        return "deleted"
    if event or item.get("messageType") in ("systemEventMessage", "unknownFutureValue"):
        kind = text(event.get("@odata.type") or event.get("eventType"))
        kinds = [kind, *(name for name, value in event.items() if value)]
        return next((SHOWN_WHEN[k] for k in SHOWN_WHEN if any(k in one for one in kinds)), "system")
    return "edited" if item.get("lastEditedDateTime") else None


def _reactions(item: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in objects(item.get("reactions")):
        found.setdefault(text(one.get("reactionType")), []).append(_name(mapping(one.get("user"))))
    return found
