"""A Markdown postmortem as lines with their place: sections, bullets, tables; fenced code and front matter left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
# `- **Impact**:` and `**Impact**` open a section as a heading does; what follows the colon is its first line.
LABEL = re.compile(r"^\s*(?:[-*+]\s+)?\*\*(?P<title>[^*\n]+?):?\*\*:?\s*(?P<rest>.*)$")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FENCE = re.compile(r"^\s*(```|~~~)")
DIVIDER = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")


@dataclass
class Section:
    """A heading or a bold label, and the numbered lines beneath it."""

    title: str
    line: int
    level: int
    lines: list[tuple[int, str]] = field(default_factory=list)
    parent: bool = False  # further sections lie beneath it


@dataclass(frozen=True)
class Table:
    """Header cells in lower case, and the rows with their line numbers."""

    line: int
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, *words: str) -> int | None:
        """The first column whose header has one of the words."""
        return next((at for at, name in enumerate(self.header) if any(word in name for word in words)), None)


def body(text: str) -> list[tuple[int, str]]:
    """Numbered lines; front matter, fenced code and comments are blank, so that line numbers hold."""
    found, fence, front = [], "", False
    for number, line in enumerate(COMMENT.sub(_blank_lines, text).splitlines(), 1):
        if number == 1 and line.strip() == "---":
            front = True
            found.append((number, ""))
            continue
        if front:
            front = line.strip() != "---"
            found.append((number, ""))
            continue
        match = FENCE.match(line)
        if match and (not fence or match[1] == fence):
            fence = "" if fence else match[1]
            found.append((number, ""))
            continue
        found.append((number, "" if fence else line))
    return found


def _blank_lines(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def front(text: str) -> str:
    """The front matter, where titles often hold the date."""
    match = re.match(r"---\n(.*?)\n---", text, re.DOTALL)
    return match[1] if match else ""


def sections(text: str) -> list[Section]:
    """Sections in their order; a bold label belongs under the heading before it."""
    found = [Section("", 0, 0)]
    for number, line in body(text):
        heading, label = HEADING.match(line), LABEL.match(line)
        if heading:
            found.append(Section(heading[2], number, len(heading[1])))
        elif label and not line.lstrip().startswith("|"):
            indent = len(line) - len(line.lstrip())
            found.append(Section(label["title"].strip(), number, 7 + indent // 2, [(number, label["rest"])]))
        else:
            found[-1].lines.append((number, line))
    for above, below in pairwise(found):
        above.parent = below.level > above.level
    return found


def tables(text: str) -> Iterator[Table]:
    """The pipe tables."""
    lines = [*body(text), (0, "")]
    at = 0
    while at < len(lines) - 1:
        if "|" in lines[at][1] and "|" in lines[at + 1][1] and DIVIDER.match(lines[at + 1][1]):
            header = tuple(cell.strip("* ").lower() for cell in cells(lines[at][1]))
            end = at + 2
            while "|" in lines[end][1]:
                end += 1
            yield Table(lines[at][0], header, tuple((number, cells(line)) for number, line in lines[at + 2 : end]))
            at = end
        at += 1


def cells(line: str) -> tuple[str, ...]:
    """The cells of a table row; an escaped bar is text."""
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", inner))


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Lines of prose: headings, bullets, paragraphs and table cells, but no code."""
    yield from ((number, line) for number, line in body(text) if line.strip() and not DIVIDER.match(line))
