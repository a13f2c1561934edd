"""What a report states as key and value: front matter, metadata tables, bullets such as `**Detected:** 10:32`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from postmortem_timeline.archive.reports import dates, stamps
from postmortem_timeline.archive.reports.layout import Line, plain

PAIR = re.compile(
    r"^(?:[-*+•>]\s+)*(?:\[[ x]\]\s*)?(?P<key>[^:|\n]{2,70}?)\s*(?:\*\*|__)?\s*(?:(?<!\d)[:：]|[:：](?!\d))\s*(?:\*\*|__)?\s*(?P<value>.*)$"
)
STRONG = re.compile(r"^(?:[-*+•>]\s+)*(?:\*\*|__)(?P<key>[^*\n]{2,60}?):?(?:\*\*|__)\s*[:：–—-]?\s*(?P<value>.*)$")
BULLET = re.compile(r"^(?:[-*+•]\s+)")


@dataclass(frozen=True)
class Fact:
    key: str
    value: str
    line: int
    under: str = ""  # the headings above it, in lower case


def facts(text: str, found: list[Line]) -> list[Fact]:
    """All pairs of the report in their order; keys without Markdown."""
    return [*_front(text), *_paired(found)]


def _front(text: str) -> Iterator[Fact]:
    match = re.match(r"(?P<fence>---|\+\+\+)\r?\n(?P<body>.*?)\n(?P=fence)", text, re.DOTALL)
    for number, line in enumerate(match["body"].splitlines() if match else (), 2):
        pair = re.match(r"^(?P<key>[\w -]+?)\s*[:=]\s*(?P<value>.*)$", line)
        if pair:
            value = pair["value"].strip().strip("\"'")
            yield Fact(pair["key"].replace("_", " ").replace("-", " ").strip(), value, number, "front matter")


def _paired(found: list[Line]) -> Iterator[Fact]:
    for place, line in enumerate(found):
        if line.fenced or line.table:
            yield from _cells(line)
            continue
        if line.heading:
            yield from _heading(found, place)
            continue
        pair = STRONG.match(line.text) or PAIR.match(line.text)
        run = list(_run_on(line)) if BULLET.match(line.text) else []
        if run:
            yield from run
        elif pair and not _begins_with_time(pair["key"]) and len(plain(pair["key"]).split()) <= 9:
            value = plain(pair["value"]) or _below(found, place)
            yield Fact(plain(pair["key"]).strip(" :"), value, line.number, line.under)


def _cells(line: Line) -> Iterator[Fact]:
    """Two columns are pairs; a column under a word such as `Start` is one too."""
    if line.fenced or not line.cells or not line.cells[0]:
        return
    if len(line.cells) >= 2 and not _begins_with_time(line.cells[0]):
        yield Fact(line.cells[0].strip(" :"), line.cells[1], line.number, line.under)
    if line.number == line.table + 2:  # a table of one row holds its keys above
        for key, value in zip(line.header, line.cells, strict=False):
            if key and value:
                yield Fact(key, value, line.number, line.under)


def _heading(found: list[Line], place: int) -> Iterator[Fact]:
    """`### Time to detect` with its value on the line below."""
    line = found[place]
    pair = PAIR.match(line.text)
    if pair and not _begins_with_time(line.text):
        yield Fact(pair["key"], pair["value"], line.number, line.under)
    below = found[place + 1] if place + 1 < len(found) else None
    if below and not below.heading and not below.table and len(line.text.split()) <= 6 and len(below.text) <= 120:
        yield Fact(line.text.strip(" :"), plain(BULLET.sub("", below.text)), below.number, line.under)


def _below(found: list[Line], place: int) -> str:
    """The first line under a label that stands alone."""
    line, after = found[place], found[place + 1] if place + 1 < len(found) else None
    if after and BULLET.match(line.text) and BULLET.match(after.text) and after.indent <= line.indent:
        return ""  # the next field of a form, and not the value of this one
    return plain(BULLET.sub("", after.text)) if after and not after.heading and not after.table else ""


def _run_on(line: Line) -> Iterator[Fact]:
    """`Fault occurs 2020-02-12 11:45`: a label of a few words, then a full time."""
    bare = plain(BULLET.sub("", line.text))
    at = dates.find(bare)
    if at and at[1] > 0 and len(bare[: at[1]].split()) <= 5 and not _begins_with_time(bare):
        yield Fact(bare[: at[1]].strip(" :-–—("), bare[at[1] :], line.number, line.under)


def _begins_with_time(text: str) -> bool:
    found = stamps.lead(text)
    return bool(found and (found.clock or found.relative is not None or found.unknown))
