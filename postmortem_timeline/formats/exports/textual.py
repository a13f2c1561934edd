"""Text exports cut into lines and blocks that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from postmortem_timeline.formats.exports.event import SHOWN, Event
from postmortem_timeline.parsing.jsondoc import text_of

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class Row(NamedTuple):
    """A line, or several: its text, the number of its first line, and where it stands in the document."""

    text: str
    line: int
    start: int
    end: int

    @property
    def place(self) -> Event:
        return {"line": self.line, "element": (self.start, self.end)}

    @property
    def unparsed(self) -> Event:
        """The event of a line that says nothing we know."""
        return {"unparsed": True, "body": self.text[:SHOWN], **self.place}


def rows(data: bytes) -> Iterator[Row]:
    """The lines of a document that are not blank."""
    return lines(text_of(data))


def lines(text: str) -> Iterator[Row]:
    """The lines of a text that are not blank."""
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield Row(line.rstrip("\r"), number, at, at + len(line))
        at += len(line) + 1


def joined(parts: list[Row]) -> Row:
    """Lines one after another as one row."""
    return Row("\n".join(part.text for part in parts), parts[0].line, parts[0].start, parts[-1].end)


def head_lines(head: bytes, most: int = 40) -> list[str]:
    """The first lines of a text that are not blank."""
    lines = (ANSI.sub("", line).rstrip("\r") for line in text_of(head).split("\n", most * 3)[: most * 3])
    return [line for line in lines if line.strip()][:most]
