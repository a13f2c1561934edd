"""Signal's messages in blocks: From, Type, Sent, Received, then the words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.chat import Days, Line, lines_of, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "signal_blocks"
TITLE = "Signal export in blocks (sigtop)"
GROUP = "chat"
KIND = "chat"
URL = "https://github.com/tbvdm/sigtop"
NAMES = ("*.txt",)

END = Line(0, 0, "")
FIELD = re.compile(r"(From|Type|Sent|Received|Attachment|Reaction|Edited|Quote|Version): ?(.*)$")


def sniff(head: bytes, name: str) -> float:
    """A block says from whom it is and when it was sent; the conversation stands above."""
    text = head[:4096].decode("utf-8-sig", "replace").lstrip()
    named = re.match(r"(?:Conversation: .*\s+)?From: .*\r?\n(?:Type: \w+\r?\n)?Sent: .*\d", text)
    return 0.95 if named else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message."""
    return finished(_events(text_of(data), context))


def _events(text: str, context: Context) -> Iterator[Event]:
    lines = list(lines_of(text))
    head = re.match(r"\s*Conversation: (.*)", text)
    channel = head[1].strip() if head else ""
    starts = [k for k, line in enumerate(lines) if line.text.startswith("From: ") and _is_head(lines[k + 1 : k + 3])]
    days = Days(context)
    for k, last in zip(starts, [*starts[1:], len(lines)], strict=False):
        yield _message(lines[k:last], channel, days) | {
            "line": lines[k].number,
            "element": (lines[k].start, lines[last - 1].end),
        }


def _is_head(below: list[Line]) -> bool:
    return any(line.text.startswith("Sent: ") for line in below)


def _message(lines: list[Line], channel: str, days: Days) -> Event:
    fields: dict[str, list[str]] = {}
    said = iter(lines)
    for found in iter(lambda: FIELD.match(next(said, END).text), None):
        fields.setdefault(found[1], []).append(found[2])
    words = "\n".join(line.text for line in said).strip()
    files = [value.partition(" (")[0] for value in fields.get("Attachment", [])]
    words = words or ", ".join(f"[file: {name}]" for name in files)
    return message(
        days.timed(fields.get("Sent", [""])[0]), re.sub(r" \([+\w-]+\)$", "", fields["From"][0].strip()), words,
        channel=channel, type=" ".join(fields.get("Type", [])), files=files, reactions=fields.get("Reaction"),
        action="edited" if "Edited" in fields else None,
    )  # fmt: skip
