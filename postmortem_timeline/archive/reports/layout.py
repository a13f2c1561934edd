"""A report as lines that know under which headings they stand, tables taken apart; fenced text is kept, and marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from postmortem_timeline.archive.reports import stamps
from postmortem_timeline.postmortem import prose

LABEL = re.compile(r"^\s*(?:[-*+•]\s+)?(?:\*\*|__)(?P<title>[^*\n]{2,80}?)\s*:?\s*(?:\*\*|__)\s*:?\s*(?P<rest>.*)$")
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
TAG = re.compile(
    r"</?(?:b|i|p|u|sub|sup|span|strong|em|summary|details|aside|div|time|h[1-6]|center|font|small)\b[^>]*>",
    re.IGNORECASE,
)
LINK = re.compile(r"!?\[([^\]\n]*)\]\(([^)\s]*)[^)]*\)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FENCE = re.compile(r"^\s*(```+|~~~+)(?!.*```)")  # one that closes on its own line fences nothing
SUMS_UP = re.compile(
    r"(?i)summary|impact|overview|abstract|what happened|description|executive|tl;?dr|resum|introduction|issue|duration"
)  # headings under which a report is summed up
UNDERLINE = re.compile(r"^\s*(=|-){3,}\s*$")


@dataclass(frozen=True)
class Line:
    """One line of text, or one row of a table (`cells`, under `header`)."""

    number: int
    text: str
    above: tuple[str, ...] = ()  # headings and labels over it, the outermost first
    indent: int = 0
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    table: int = 0  # the line of the table's header; 0 outside of tables
    heading: int = 0  # its level, if it is one
    fenced: bool = False

    @property
    def under(self) -> str:
        return " / ".join(self.above).lower()


def plain(text: str) -> str:
    """Words without Markdown: links become their text, tags and emphasis go."""
    text = LINK.sub(lambda match: match[1] or match[2], BREAK.sub(" ", text))
    return re.sub(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`", "", TAG.sub("", text)).strip()


def lines(text: str) -> list[Line]:
    """All lines that say something, front matter left out."""
    blanked = COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return list(_walk(_lifted(blanked.splitlines())))


def _lifted(raw: list[str]) -> list[tuple[int, str, bool]]:
    """Numbered lines with whether they are fenced; underlined titles become headings."""
    found: list[tuple[int, str, bool]] = []
    opened = raw[0].strip() if raw else ""
    front = (
        next((at for at, line in enumerate(raw[1:], 2) if line.strip() == opened), 0) if opened in ("---", "+++") else 0
    )
    closes = ""
    for number, line in enumerate(raw[front:], front + 1):
        fence = FENCE.match(line)
        if fence and (not closes or fence[1].startswith(closes)):
            closes = "" if closes else fence[1][:3]
            continue
        under = UNDERLINE.match(line)
        if (
            under
            and not closes
            and found
            and found[-1][0] == number - 1
            and not found[-1][1].lstrip().startswith(("#", "|", "-", "*", ">"))
        ):
            found[-1] = (found[-1][0], f"{'#' if under[1] == '=' else '##'} {found[-1][1].strip()}", False)
        elif line.strip():
            found.append((number, line, bool(closes)))
    return found


def _walk(numbered: list[tuple[int, str, bool]]) -> Iterator[Line]:
    headings: list[tuple[int, str]] = []
    label: tuple[int, str] | None = None
    at = 0
    while at < len(numbered):
        number, line, fenced = numbered[at]
        heading = None if fenced else prose.HEADING.match(line)
        indent = len(line) - len(line.lstrip())
        above = tuple(title for _, title in headings) + ((label[1],) if label else ())
        if heading:
            level, title = len(heading[1]), plain(heading[2])
            timed = stamps.lead(title)
            if not (timed and timed.clock and headings):  # a row at the wrong level is still one of its timeline
                headings, label = [one for one in headings if one[0] < level], None
            yield Line(number, title, tuple(one[1] for one in headings), heading=level)
            if not (timed and timed.clock):  # a row that is written as a heading heads no section
                headings.append((level, title))
        elif not fenced and _opens_table(numbered, at):
            end = at + 2
            while end < len(numbered) and "|" in numbered[end][1] and numbered[end][0] == numbered[end - 1][0] + 1:
                end += 1
            header = tuple(plain(cell).strip(" :").lower() for cell in prose.cells(line))
            for row, content, _ in numbered[at + 2 : end]:
                cells = tuple(plain(cell) for cell in prose.cells(content))
                yield Line(row, " | ".join(cells), above, cells=cells, header=header, table=number)
            at = end - 1
        else:
            titled = None if fenced else LABEL.match(line)
            if titled and not stamps.lead(titled["title"]) and (label is None or indent <= label[0]):
                label = (indent, plain(titled["title"]).strip(" :"))
                above = tuple(title for _, title in headings)
            yield Line(number, line.strip(), above, indent, fenced=fenced)
        at += 1


def _opens_table(numbered: list[tuple[int, str, bool]], at: int) -> bool:
    return (
        at + 1 < len(numbered) and "|" in numbered[at][1] and "|" in numbered[at + 1][1]
        and prose.DIVIDER.match(numbered[at + 1][1]) is not None
    )  # fmt: skip
