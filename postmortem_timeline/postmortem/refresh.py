"""A fresh document laid over the one that people edited: what is generated is renewed, what they wrote stays.

A block that is as it was generated is renewed wherever it stands. In a list or a table each row counts for itself:
rows that people wrote, changed or deleted stay so, the others are renewed. Any other block that was changed is theirs
from then on; where the fresh text of it differs, it is offered. Text between blocks is theirs, a deleted block stays
away, and a block that this version is the first to write is put where it belongs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from postmortem_timeline.postmortem import footnotes, row_merge
from postmortem_timeline.postmortem.blocks import Block, Found, Offered, enclosed, hashes, marked, offered, parse

NOTES = "notes"


@dataclass(frozen=True)
class Refreshed:
    """The text to write; `theirs` are the blocks of people for which there is other text now."""

    text: str
    theirs: tuple[str, ...] = ()


def refreshed(old: str, fresh: Sequence[Block]) -> Refreshed | None:
    """`old` with what is generated renewed; null where it bears no mark of ours, so that all of it may be theirs."""
    parts = parse(old.removeprefix("\ufeff").replace("\r\n", "\n"))
    found = [part for part in parts if isinstance(part, Found)]
    said = next((part.ids for part in parts if isinstance(part, Offered)), None)
    if not found and said is None:
        return None
    if _as_generated(parts, found, said):
        return Refreshed(marked(fresh))
    names = [block.id for block in fresh]
    theirs: list[str] = []
    lines: list[str] = []
    for part in _with_new(parts, [b for b in fresh if said is not None and b.id not in said], names):
        if isinstance(part, str):
            lines.append(part)
        elif isinstance(part, Offered):
            lines.append(offered(dict.fromkeys([*part.ids, *names])))
        elif isinstance(part, Block):
            lines += ["", *_whole(part)]
        else:
            lines += _renewed(part, next((block for block in fresh if block.id == part.id), None), theirs)
    return Refreshed("\n".join(_with_notes(lines, found)), tuple(dict.fromkeys(theirs)))


Part = str | Found | Offered


def _as_generated(parts: Sequence[Part], found: Sequence[Found], said: tuple[str, ...] | None) -> bool:
    """Nobody touched anything: whatever was generated then may go."""
    nothing_between = not any(isinstance(part, str) and part.strip() for part in parts)
    return nothing_between and tuple(part.id for part in found) == said and all(part.untouched for part in found)


def _with_new(parts: Sequence[Part], new: Sequence[Block], order: list[str]) -> list[Part | Block]:
    """Blocks that the old document was not offered, each behind the nearest that goes before it."""
    mixed: list[Part | Block] = [*parts]
    for block in new:
        before = order[: order.index(block.id)]
        at = [n for n, part in enumerate(mixed) if isinstance(part, (Found, Block)) and part.id in before]
        mixed.insert(at[-1] + 1 if at else 0, block)
    return mixed


def _renewed(mine: Found, fresh: Block | None, theirs: list[str]) -> list[str]:
    if mine.untouched:
        return _whole(fresh) if fresh else []
    if not mine.lines or fresh is None:  # emptied, or of another version: as it is
        return _enclosed(mine.id, mine.lines, mine.base)
    if fresh.rows and (merged := row_merge.merged(mine.lines, mine.base, fresh.text.split("\n"))):
        if merged.refused:
            theirs.append(mine.id)
        return _enclosed(mine.id, merged.lines, merged.base)
    text = fresh.text.split("\n")
    if hashes(_body(mine.lines)) == hashes(_body(text)):
        return _enclosed(mine.id, mine.lines, hashes(text))
    if _only_headings(mine, text):
        return _enclosed(mine.id, [*_headings(mine.lines), *_body(text)], hashes(text))
    if hashes(text) != mine.base:
        theirs.append(mine.id)
    return _enclosed(mine.id, mine.lines, mine.base)


def _only_headings(mine: Found, fresh: Sequence[str]) -> bool:
    """A heading in other words leaves what stands beneath it ours."""
    body = hashes(_body(mine.lines))
    return bool(body) and len(mine.base) >= len(body) and mine.base[-len(body) :] == body and (
        len(mine.base) - len(body) == len(hashes(_headings(fresh)))
    )


def _headings(lines: Sequence[str]) -> list[str]:
    return list(lines[: len(lines) - len(_body(lines))])


def _body(lines: Sequence[str]) -> list[str]:
    at = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    return list(lines[at:])


def _whole(block: Block) -> list[str]:
    lines = block.text.split("\n")
    return _enclosed(block.id, lines, hashes(lines))


def _enclosed(name: str, lines: Sequence[str], base: Sequence[str]) -> list[str]:
    return enclosed(name, lines, base).split("\n")


def _with_notes(lines: list[str], old: Sequence[Found]) -> list[str]:
    """Footnotes that kept text still refers to, taken over from the old notes."""
    text = "\n".join(lines)
    defined = {match[1] for line in lines if (match := footnotes.DEFINED.match(line))}
    wanted = set(footnotes.USED.findall(text)) - defined
    notes = [line for part in old if part.id == NOTES for line in part.lines]
    kept = [line for line in notes if (match := footnotes.DEFINED.match(line)) and match[1] in wanted]
    return [*text.rstrip("\n").split("\n"), "", *kept, ""] if kept else lines
