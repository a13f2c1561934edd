"""Blocks of generated Markdown between marks that no viewer shows, and by which an edit can be told.

    <!-- pmt timeline -->
    ## Timeline
    ...
    <!-- /pmt timeline 3fa2b1 9c8d7e ... -->

The closing mark holds a hash of each line as it was generated. White space does not count: line ends, padded tables
and blank lines, as editors and formatters change them, are no edit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OPENS = re.compile(r"^<!-- pmt ([a-z-]+) -->$")
CLOSES = re.compile(r"^<!-- /pmt ([a-z-]+)((?: [0-9a-f]{6})*) -->$")
OFFERED = re.compile(r"^<!-- pmt document 1:((?: [a-z-]+)*) -->$")


@dataclass(frozen=True)
class Block:
    """A part of the document under one mark; the rows of a list or table stand each for itself."""

    id: str
    text: str
    rows: bool = False


@dataclass(frozen=True)
class Found:
    """A block as it stands in a file: its lines now, and the hashes of its lines as they were generated."""

    id: str
    lines: tuple[str, ...]
    base: tuple[str, ...]

    @property
    def untouched(self) -> bool:
        return hashes(self.lines) == self.base


def marked(blocks: Sequence[Block]) -> str:
    """The document with its marks; the last line says which blocks it was made of, so that a deleted one stays away."""
    parts = [enclosed(block.id, block.text.split("\n"), hashes(block.text.split("\n"))) for block in blocks]
    return "\n\n".join([*parts, offered(block.id for block in blocks)]) + "\n"


def enclosed(name: str, lines: Iterable[str], base: Iterable[str]) -> str:
    return "\n".join([f"<!-- pmt {name} -->", "", *lines, "", " ".join([f"<!-- /pmt {name}", *base, "-->"])])


def offered(names: Iterable[str]) -> str:
    return " ".join(["<!-- pmt document 1:", *names, "-->"])


def hashes(lines: Iterable[str]) -> tuple[str, ...]:
    """One for each line that says anything."""
    return tuple(hash_of(line) for line in lines if line.strip())


def hash_of(line: str) -> str:
    plain = re.sub(r"-{2,}", "--", re.sub(r"\s+", "", line))
    return hashlib.sha256(plain.encode()).hexdigest()[:6]


@dataclass(frozen=True)
class Offered:
    """The last line: the ids of all blocks that the document was ever made of."""

    ids: tuple[str, ...]


def parse(text: str) -> list[str | Found | Offered]:
    """Lines of people, blocks and the last line, in their order. A mark without its mate is a line of people."""
    lines = text.split("\n")
    parts: list[str | Found | Offered] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        last = OFFERED.match(line)
        found = _block(lines, at) if OPENS.match(line) else None
        if found:
            parts.append(found[0])
            at = found[1]
        else:
            parts.append(Offered(tuple(last[1].split())) if last else lines[at])
        at += 1
    return parts


def _block(lines: list[str], at: int) -> tuple[Found, int] | None:
    """The block that opens at a line, and the line of its closing mark."""
    name = OPENS.match(lines[at].strip())
    for end in range(at + 1, len(lines)):
        line = lines[end].strip()
        closes = CLOSES.match(line)
        if name and closes and closes[1] == name[1]:
            return Found(name[1], tuple(_trimmed(lines[at + 1 : end])), tuple(closes[2].split())), end
        if OPENS.match(line) or closes:
            return None
    return None


def _trimmed(lines: list[str]) -> list[str]:
    """Without the blank lines that stand around it."""
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines
