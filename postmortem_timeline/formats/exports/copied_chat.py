"""Chats that were copied from a window and pasted: Slack (old and new), Teams, Discord, and slackdump's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from postmortem_timeline.formats.exports.chat import Days, Line, lines_of, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.parsing.jsondoc import text_of
from postmortem_timeline.parsing.written import BLANKS, order_of, read

NAME = "copied_chat"
TITLE = "Copied chat text (Slack, Teams, Discord), slackdump text"
GROUP = "chat"
KIND = "chat"
URL = "https://slack.com/help/articles/203274767-Send-and-read-messages"
NAMES = ("*slack*.txt", "*teams*.txt", "*chat*.txt", "*discord*.txt")

_CLOCK = r"\d{1,2}[:.]\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?(?: Uhr)?"
_NAMED_DAY = r"[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?"
_DAY = rf"(?:Today|Yesterday|[A-Z][a-z]{{2,8}}|\d{{1,4}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?|{_NAMED_DAY})"
_WHEN = rf"(?:{_DAY},?(?: at)? )?{_CLOCK}"
_NAME = r"[^\[\]\d\W](?:(?:[^\[\]:\s]| (?! )){0,58}[^\[\]:\s])?"
CLOCK_ALONE = re.compile(rf"\s{{1,4}}(?P<stamp>{_WHEN})\s*$")  # below the name, in Slack's window of today
BRACKETED = re.compile(rf"(?P<who>{_NAME})(?P<app>\s?APP)?\s{{1,3}}\[(?P<stamp>{_WHEN})\]\s*(?P<words>.*)$")
SPACED = re.compile(rf"(?P<who>{_NAME}?)(?P<app>\s?APP)?\s{{2,3}}(?P<stamp>{_WHEN})\s*$")
AGAIN = re.compile(rf"\[(?P<stamp>{_WHEN})\] ?(?P<words>.*)$")  # the same one goes on
TEAMS = re.compile(rf"\[(?P<stamp>{_WHEN})\] (?P<who>{_NAME}?)(?: \([^()]*\))?:?\s*$")
DISCORD = re.compile(rf"(?P<who>{_NAME}?)(?P<app>\s?(?:BOT|APP))? — (?P<stamp>{_WHEN})\s*$")
DUMPED = re.compile(r"(?P<deep>[>|\s]*)(?P<who>\S[^\[\]]*?) \[(?P<id>[UWB][A-Z0-9]{5,})\] @ (?P<stamp>\S.*?):?\s*$")
SEPARATOR = re.compile(rf"[-—\s]*(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?{_NAMED_DAY}[-—\s]*$")
NOISE = re.compile(
    r"(?:\d+ repl(?:y|ies)|Last reply .*|View (?:thread|newer replies|message)|New( messages)?|Today|Yesterday|:[\w+'-]+:|\d{1,3}"
    r"|Also sent to the channel|replied to a thread:.*)\s*$"
)
EDITED = re.compile(r"\s*\(edited\)\s*$")
DONE = re.compile(
    r"(?:joined|left|was added to|set the channel (?:topic|description|purpose)|added an integration|archived the channel)\b"
)
GUEST = re.compile(r" \((?:Guest|External|Unverified)\)$")
QUOTED = re.compile(r"^[|>]\s*")  # how slackdump marks a thread
HALF = re.compile(r"[AaPp]\.?[Mm]\.?")
LOOKED_AT, LOOKED_IN, FIRST_WITHIN = 120, 8192, 6  # lines, bytes, lines


class Head(NamedTuple):
    """Where a message begins: who, when, the first words, and whether an app wrote it."""

    line: Line
    who: str
    stamp: str
    words: str
    app: bool
    body: int  # the number of the first line below that belongs to its words
    id: str = ""


def sniff(head: bytes, name: str) -> float:
    """Heads of messages as one program shows them, more than one or most of a short text."""
    lines = list(lines_of(head[:LOOKED_IN].decode("utf-8-sig", "replace").translate(BLANKS)))[:LOOKED_AT]
    if not any(_heads(lines[:FIRST_WITHIN])):
        return 0.0
    found = list(_heads(lines))
    filled = sum(bool(line.text.strip()) for line in lines)
    named = [one for one in found if one.who]
    bare = sum(not one.words for one in found)
    if (
        not found
        or found[0].line.number > FIRST_WITHIN
        or not named
        or len(found) * 12 < filled
        or bare * 2 > filled + 1
    ):
        return 0.0
    return 0.9 if len(found) > 1 or filled <= 6 else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message. The day comes from a separator, from the stamps, or from the file's name."""
    return finished(_events(text_of(data), context))


def _heads(lines: list[Line]) -> Iterator[Head]:
    who = ""
    for place, line in enumerate(lines):
        text = line.text.translate(BLANKS).rstrip()
        below = CLOCK_ALONE.match(lines[place + 1].text.translate(BLANKS)) if place + 1 < len(lines) else None
        if below and text[:1].strip() and len(text) < 60 and not SEPARATOR.match(text):
            who, app = _name(text)
            yield Head(line, who, below["stamp"], "", app, line.number + 1)
            continue
        for shape in (DUMPED, BRACKETED, TEAMS, DISCORD, SPACED, AGAIN):
            if found := shape.match(text):
                part = found.groupdict()
                said, app = _name(part.get("who") or who)
                who = said
                app |= bool(part.get("app"))
                yield Head(line, said, part["stamp"], part.get("words") or "", app, line.number, part.get("id") or "")
                break


def _name(text: str) -> tuple[str, bool]:
    """A name without what the window shows beside it: a status, the badge of an app."""
    text = re.sub(r"\s*:[\w+-]+:\s*$", "", text.strip())
    bare = re.sub(r"\s?(?:APP|BOT|WORKFLOW)$", "", text)
    return GUEST.sub("", bare).strip(), bare != text


def _events(text: str, context: Context) -> Iterator[Event]:
    lines = list(lines_of(text))
    heads = list(_heads(lines))
    days = Days(context, order_of(head.stamp for head in heads)[0])
    starts = {head.line.number: head for head in heads}
    first = heads[0].line.number if heads else len(lines) + 1
    for line in lines[: first - 1]:
        if line.text.strip() and not _begins(line.text, days):
            yield {"unparsed": True, "body": line.text[:200], "line": line.number, "element": (line.start, line.end)}
    ends = [head.line.number - 1 for head in heads[1:]] + [len(lines)]
    half = ""  # Slack's old window said it once for several messages
    for head, last in zip(heads, ends, strict=False):
        half = half if (found := HALF.search(head.stamp)) is None else found[0]
        time = days.timed(_of_today(head.stamp) if found or not half else f"{_of_today(head.stamp)} {half}")
        time["stamp"] = head.stamp
        words, after = [head.words], None
        for line in lines[head.body : last]:
            if line.number in starts:
                continue
            if SEPARATOR.match(line.text.translate(BLANKS)) and line.text.strip():
                after = line.text
            elif not NOISE.match(line.text.strip()):
                said = line.text.translate(BLANKS).rstrip()
                words.append(QUOTED.sub("", said) if head.id else said)
        yield _message(head, "\n".join(words).strip(), time) | {
            "line": head.line.number, "element": (head.line.start, lines[last - 1].end),
        }  # fmt: skip
        if after:
            _begins(after, days)


def _begins(text: str, days: Days) -> bool:
    return bool(SEPARATOR.match(text.translate(BLANKS))) and days.begin(text)


def _of_today(stamp: str) -> str:
    """`Today at 5:50 PM`: the day is the one on which somebody copied."""
    said = read(stamp, "dm")
    return (
        re.sub(r"^(?:Today|Yesterday|[A-Z][a-z]+day),?(?: at)? ", "", stamp.translate(BLANKS))
        if said and not said.date
        else stamp
    )


def _message(head: Head, words: str, time: Event) -> Event:
    edited = bool(EDITED.search(words))
    action = "edited" if edited else "system" if DONE.match(words) and len(words) < 200 else None
    if action == "system" and words.startswith(("joined", "was added")):
        action = "join"
    return message(time, head.who, EDITED.sub("", words), action=action, bot=head.app or head.id.startswith("B"),
                   user_id=head.id or None)  # fmt: skip
