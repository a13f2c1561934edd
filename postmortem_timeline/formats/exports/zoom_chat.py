"""Zoom's saved chat: a clock, who wrote to whom, the words behind or below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.chat import Days, lines_of, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "zoom_chat"
TITLE = "Zoom saved chat (text)"
GROUP = "chat"
KIND = "chat"
URL = "https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0067663"
NAMES = ("meeting_saved_chat*.txt", "*chat.txt")

HEAD = re.compile(
    r"(?P<stamp>(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d)\s+From\s+(?P<who>.+?)(?:\s+[Tt]o\s+(?P<whom>.+?))?\s?:(?:\s+(?P<words>\S.*))?$"
)
REACTED = re.compile(r"Reacted to \"(?P<to>.*)\" with (?P<what>\S+)$")
REPLIED = re.compile(r"Replying to \"(?P<to>.*)\"$")
REMOVED = re.compile(r"Removed a \S+ reaction from \".*\"$")


def sniff(head: bytes, name: str) -> float:
    """A clock, then From and whoever wrote."""
    lines = [line for line in head[:2048].decode("utf-8-sig", "replace").split("\n", 4)[:4] if line.strip()]
    return 0.97 if lines and HEAD.match(lines[0].strip()) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message; the day is in the name of the file or of its folder."""
    return finished(_events(text_of(data), context))


def _events(text: str, context: Context) -> Iterator[Event]:
    days, lines = Days(context), list(lines_of(text))
    heads = [(line, found) for line in lines if (found := HEAD.match(line.text.strip()))]
    ends = [line.number - 1 for line, _ in heads[1:]] + [len(lines)]
    for (line, found), last in zip(heads, ends, strict=False):
        said = [found["words"] or "", *(one.text.strip() for one in lines[line.number : last])]
        yield _message(found, [row for row in said if row], days) | {
            "line": line.number,
            "element": (line.start, lines[last - 1].end),
        }


def _message(found: re.Match[str], said: list[str], days: Days) -> Event:
    whom = found["whom"] or ""
    private = "(Direct Message)" in whom or "(Privately)" in whom
    replied = REPLIED.match(said[0]) if said else None
    noise = bool(said) and bool(REACTED.match(said[0]) or REMOVED.match(said[0]))
    return message(
        days.timed(found["stamp"]), found["who"].strip(), "\n".join(said[1:] if replied else said),
        action="system" if noise else None,
        to=whom, private=private or None, reply_to=replied["to"] if replied else None,
    )  # fmt: skip
