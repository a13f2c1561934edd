"""Rows of a list or table that people and a fresh build both changed, brought together row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from postmortem_timeline.postmortem.blocks import hash_of, hashes

DIVIDER = re.compile(r"^\|(?:\s*:?-+:?\s*\|)+$")
NOTE = re.compile(r"^\[\^[^\]]+\]:")
SCAFFOLD = re.compile(r"_\[to be filled: [^\]]*\]_|[|*\s-]+")
ALIKE = 70.0  # of 100: the same row with a number, an owner or a few words changed


@dataclass(frozen=True)
class Merged:
    """The lines to write, the hashes of what was generated, and how many fresh rows met a row that people changed."""

    lines: tuple[str, ...]
    base: tuple[str, ...]
    refused: int


@dataclass
class _Merge:
    lines: list[str]
    stale: list[str]  # generated rows that a fresh build does not make any more
    people: list[str]  # rows that people wrote or changed
    missing: set[str]  # generated rows that people changed or deleted
    refused: list[str] = field(default_factory=list)
    before: str = ""

    def take(self, line: str) -> None:
        """A fresh row in the place of the stale one that it resembles, else behind the row that it follows."""
        old, theirs = _like(line, self.stale), _like(line, self.people) if self.missing else None
        if old is not None:
            self.stale.remove(old)
            self.lines[self.lines.index(old)] = line
        elif theirs is not None:
            self.refused.append(line)
            self.before = theirs
            return
        else:
            self.lines.insert(self._behind(), line)
        self.before = line

    def _behind(self) -> int:
        if self.before not in self.lines:
            return max((n + 1 for n, line in enumerate(self.lines) if line.strip()), default=0)
        at = len(self.lines) - self.lines[::-1].index(self.before)
        while self.before.startswith("#") and at < len(self.lines) and not self.lines[at].strip():
            at += 1
        return at


def merged(mine: Sequence[str], base: Sequence[str], fresh: Sequence[str]) -> Merged | None:
    """Rows of people stay where they are, generated ones are renewed, new ones come behind the row they follow.

    Null where the head of a table was changed by either side: then rows do not fit together.
    """
    ours, now, made = set(hashes(mine)), set(hashes(fresh)), set(base)
    if any(hash_of(head) not in made & ours for head in _heads(fresh)):
        return None
    said = [line for line in mine if line.strip()]
    merge = _Merge(
        lines=list(mine),
        stale=[line for line in said if hash_of(line) in made - now],
        people=[line for line in said if hash_of(line) not in made],
        missing=made - ours,
    )
    for line in (line for line in fresh if line.strip()):
        if hash_of(line) in ours:
            merge.before = next(one for one in merge.lines if one.strip() and hash_of(one) == hash_of(line))
        elif hash_of(line) not in made:
            merge.take(line)
    lines = [line for line in merge.lines if line not in merge.stale]
    kept = tuple(hash_of(line) for line in fresh if line.strip() and line not in merge.refused)
    # What people changed stays in mind as long as it is in the way of a fresh row.
    changed = tuple(one for one in base if one not in ours and one not in now) if merge.refused else ()
    return Merged(tuple(lines), (*kept, *changed), len(merge.refused))


def _heads(lines: Sequence[str]) -> list[str]:
    """Header and divider of each table."""
    return [line for n, line in enumerate(lines) if DIVIDER.match(line) or any(map(DIVIDER.match, lines[n + 1 : n + 2]))]


def _like(line: str, others: Sequence[str]) -> str | None:
    """The other row that says most nearly the same, if one does."""
    plain = SCAFFOLD.sub(" ", line)
    rated = [(0.0 if NOTE.match(line) else fuzz.ratio(plain, SCAFFOLD.sub(" ", other)), other) for other in others]
    best = max(rated, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= ALIKE else None
