"""WhatsApp's exported chats, in the clock and order of dates of whoever exported; and Signal's of the same shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.chat import Days, lines_of, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.parsing import severity
from postmortem_timeline.parsing.jsondoc import text_of
from postmortem_timeline.parsing.written import BLANKS, order_of

NAME = "whatsapp"
TITLE = "WhatsApp and Signal exported chats (text)"
GROUP = "chat"
KIND = "chat"
URL = "https://faq.whatsapp.com/1180414079177245"
NAMES = ("WhatsApp Chat*.txt", "_chat.txt", "*signal*.txt")

_DATE = r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{2,4}\.?"
_HALF = r"(?: ?[AaPp]\. ?[Mm]\.| ?[AaPp][Mm])"
_CLOCK = rf"(?:上午|下午|오전|오후|午前|午後)? ?\d{{1,2}}[:.]\d\d(?:[:.]\d\d)?{_HALF}?"
_BETWEEN = r"(?:,? (?:klo |um |à |alle )|, ?)"
_PLAIN = rf" (?=[^\d\s]|\d{{1,2}}[:.]\d\d(?:[:.]\d\d)?{_HALF})"
BRACKET = re.compile(rf"\[(?P<stamp>{_DATE}(?:{_BETWEEN}|{_PLAIN}){_CLOCK})\] (?P<rest>.*)$")
DOTTED = re.compile(rf"\[(?P<stamp>\d{{1,2}}\.\d{{1,2}}\.\d{{2,4}} {_CLOCK})\] (?P<rest>.*)$")
DASH = re.compile(rf"(?P<stamp>{_DATE}{_BETWEEN}{_CLOCK}) - (?P<rest>.*)$")
BARE = re.compile(rf"(?P<stamp>{_DATE} (?:\d{{1,2}}[:.]\d\d|{_CLOCK[:-1]})) - (?P<rest>.*)$")
SPOKEN = re.compile(r"(?P<name>[^:\n]{1,60}): ?(?P<words>.*)$")
FIRST = (BRACKET, DOTTED, DASH, BARE)
EDITED = re.compile(r"\s*<(?:This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje\.?)>$")
DELETED = re.compile(
    r"(?:This message was deleted|You deleted this message|Diese Nachricht wurde gelöscht|Se eliminó este mensaje)\.?$"
)
NOTICE = re.compile(r"end-to-end encrypted\b|Ende-zu-Ende-verschlüsselt|cifrad[oa]s de extremo a extremo")
DONE = (
    ("join", re.compile(r"\badded\b|\bjoined\b|hinzugefügt|beigetreten|se unió|añadió")),
    ("leave", re.compile(r"\bleft\b|\bremoved\b|verlassen|entfernt|salió|eliminó a")),
    ("topic", re.compile(r"\bchanged the (?:subject|group (?:name|description))|Betreff|cambió el asunto")),
)
LOOKED_AT, LOOKED_IN = 60, 8192


def sniff(head: bytes, name: str) -> float:
    """Lines that begin with a date, a clock and a name; what levels of severity stand before is a log."""
    top = head[:LOOKED_IN].decode("utf-8-sig", "replace").translate(BLANKS)
    lines = [line for line in top.split("\n")[:LOOKED_AT] if line.strip()]
    if not lines or not _head(lines[0].rstrip("\r")):
        return 0.0
    found = [row for line in lines if (row := _head(line.rstrip("\r")))]
    names = [spoken["name"] for _, rest in found if (spoken := SPOKEN.match(rest))]
    if not names:
        return 0.0
    logs = sum(severity.number(word) > 0 or "." in word or "=" in word for word in names)
    return 0.92 if len(names) >= 0.5 * len(found) and logs * 2 < len(names) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message. Whether the day or the month comes first is told by the whole file."""
    return finished(_events(text_of(data), context))


def _head(line: str) -> tuple[str, str] | None:
    """The stamp and the rest of a line that begins a message."""
    found = next((match for shape in FIRST if (match := shape.match(line))), None)
    return (found["stamp"], found["rest"]) if found else None


def _events(text: str, context: Context) -> Iterator[Event]:
    lines = list(lines_of(text))
    heads = [(line, row) for line in lines if (row := _head(line.text.translate(BLANKS)))]
    order, sure = order_of(stamp for _, (stamp, _) in heads)
    if not sure:
        words = {"dm": "the day before the month", "md": "the month before the day"}[order]
        context.note("date_order", f"no date of it has a number over 12; read with {words}")
    days = Days(context, order)
    first = heads[0][0].number if heads else len(lines) + 1
    for line in lines[: first - 1]:
        if line.text.strip():
            yield {"unparsed": True, "body": line.text[:200], "line": line.number, "element": (line.start, line.end)}
    ends = [line.number - 1 for line, _ in heads[1:]] + [len(lines)]
    for (line, (_, rest)), last in zip(heads, ends, strict=False):
        below = [one.text.translate(BLANKS) for one in lines[line.number : last]]
        stamp = _as_written(line.text)
        words = "\n".join([rest, *below]).strip()
        yield _message(stamp, words, days) | {"line": line.number, "element": (line.start, lines[last - 1].end)}


def _as_written(line: str) -> str:
    """The stamp with the narrow blanks that it was written with."""
    plain = line.translate(BLANKS)
    found = next(match for shape in FIRST if (match := shape.match(plain)))
    drop = "[" if plain.startswith("[") else ""
    raw = line.lstrip("\u200e\u200f\u202a\ufeff").removeprefix(drop)
    shown = sum(1 for _ in found["stamp"])
    return raw[:shown] if raw[:shown].translate(BLANKS) == found["stamp"] else found["stamp"]


def _message(stamp: str, words: str, days: Days) -> Event:
    head, _, below = words.partition("\n")
    spoken = SPOKEN.match(head)
    name = spoken["name"].strip() if spoken else ""
    said = "\n".join(part for part in ((spoken["words"] if spoken else head), below) if part).strip()
    action = "deleted" if DELETED.match(said) else "edited" if EDITED.search(said) else None
    if not spoken or NOTICE.search(said):
        action = next((done for done, shape in DONE if shape.search(said)), "system")
    return message(days.timed(stamp), name, EDITED.sub("", said), action=action)
