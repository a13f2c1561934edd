"""Webex: messages of a room, as the API gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.walk import fits, walk
from postmortem_timeline.parsing.members import text, texts

NAME = "webex"
TITLE = "Webex messages (API)"
GROUP = "chat"
KIND = "chat"
URL = "https://developer.webex.com/docs/api/v1/messages/list-messages"
NAMES = ("*webex*.json",)


def sniff(head: bytes, name: str) -> float:
    """Messages of a person in a room."""
    found = fits(head, "roomId", "personEmail", "created", under=("items[].", "[].", ""))
    return 0.97 if found else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message."""
    return walk(data, context, ("items",), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    email, edited = text(item.get("personEmail")), item.get("updated")
    if item.get("created"):
        yield message(
            item["created"], email.partition("@")[0], text(item.get("text")) or plain(text(item.get("html"))), own=item.get("id"),
            thread=item.get("parentId"), action="edited" if edited else None, bot=email.endswith("@webex.bot"),
            channel=text(item.get("roomId")), user_id=item.get("personId"), email=email, edited=edited,
            files=texts(item.get("files")),
        )  # fmt: skip
