"""Telegram Desktop's pages, messages.html: the full stamp is in a title, lately with its zone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.chat import Days, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, unparsed
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.places import Places
from postmortem_timeline.parsing.jsondoc import Element, text_of

NAME = "telegram_html"
TITLE = "Telegram Desktop chat export (HTML)"
GROUP = "chat"
KIND = "chat"
URL = "https://telegram.org/blog/export-and-more"
NAMES = ("messages*.html",)

MESSAGE = re.compile(r"<div class=\"message (?P<kind>service|default)\b(?P<more>[^\"]*)\" id=\"message(?P<id>-?\d+)\"")
STAMP = re.compile(r"<div class=\"pull_right date details\" title=\"([^\"]+)\"")
FROM = re.compile(r"<div class=\"from_name\">\s*(.*?)\s*</div>", re.DOTALL)
TEXT = re.compile(r"<div class=\"text\">\s*(.*?)\s*</div>", re.DOTALL)
MEDIA = re.compile(r"<div class=\"title bold\">\s*(.*?)\s*</div>", re.DOTALL)
REPLY = re.compile(r"go_to_message(\d+)")
DETAILS = re.compile(r"<div class=\"body details\">\s*(.*?)\s*</div>", re.DOTALL)
DATE_LINE = re.compile(r"\d{1,2} [A-Z]\w+ \d{4}$")
DONE = (
    ("join", re.compile(r" (?:invited|joined|added) ")),
    ("leave", re.compile(r" (?:left|removed) ")),
    ("pinned_item", re.compile(r"pinned")),
)


def sniff(head: bytes, name: str) -> float:
    """A page of messages whose stamps are titles."""
    if b"pull_right date details" not in head:
        return 0.0
    text = head.decode("utf-8-sig", "replace")
    return 0.98 if text.lstrip().startswith("<") and MESSAGE.search(text) and STAMP.search(text) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message; lines that show a date are none."""
    return finished(_events(text_of(data), context))


def _events(text: str, context: Context) -> Iterator[Event]:
    days, who = Days(context), ""
    head = re.search(r"<div class=\"text bold\">\s*(.*?)\s*</div>", text, re.DOTALL)
    starts, places = list(MESSAGE.finditer(text)), Places(text)
    for found, end in zip(starts, [*(one.start() for one in starts[1:]), len(text)], strict=False):
        html = text[found.start() : end]
        place = Element({}, places.line(found.start()), 0, "", text, found.start(), end)
        if found["kind"] == "service":
            details = DETAILS.search(html)
            words = plain(details[1]) if details else ""
            if DATE_LINE.match(words):
                days.begin(words)
                continue
            action = next((name for name, shape in DONE if shape.search(words)), "system")
            row = message({}, "", words, action=action, own=found["id"], channel=plain(head[1]) if head else "")
            row |= {"timestamp": None} if days.day is None else {}
        else:
            stamp, named = STAMP.search(html), FROM.search(html)
            if stamp is None:
                yield unparsed(place)
                continue
            who = plain(named[1]) if named else who
            said = [plain(part) for part in TEXT.findall(html)] or [
                f"[file: {plain(part)}]" for part in MEDIA.findall(html)
            ]
            reply = REPLY.search(html)
            row = message(days.timed(stamp[1]), who, "\n".join(said), own=found["id"], thread=reply[1] if reply else None,
                          channel=plain(head[1]) if head else "")  # fmt: skip
        yield row | {"line": place.line, "element": place.span}
