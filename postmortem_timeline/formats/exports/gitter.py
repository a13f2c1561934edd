"""Gitter: messages of a room, as the API and the archives give them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.walk import fits, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "gitter"
TITLE = "Gitter messages"
GROUP = "chat"
KIND = "chat"
URL = "https://developer.gitter.im/docs/messages-resource"
NAMES = ("*gitter*.json",)


def sniff(head: bytes, name: str) -> float:
    """A text, when it was sent, and from whom."""
    return 0.98 if fits(head, "id", "text", "sent", "fromUser.username") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message."""
    return walk(data, context, (), _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    author, edited = mapping(item.get("fromUser")), item.get("editedAt")
    if item.get("sent"):
        yield message(
            item["sent"], text(author.get("displayName") or author.get("username")), text(item.get("text")),
            own=item.get("id"), thread=item.get("parentId"), action="edited" if edited else None, login=author.get("username"),
            user_id=author.get("id"), edited=edited,
        )  # fmt: skip
