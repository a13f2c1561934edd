"""Lines of one shape: what they begin with alike, and what they are made of where they are alike to the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postmortem_timeline.drafting.items import Item
from postmortem_timeline.parsing import severity

Row = tuple[Item, ...]
NEARLY = 0.95  # of the lines; what the others do is another shape
OFTEN = 0.2  # from which on two ways to go on are two shapes
MOST_SHAPES = 6
MOST_WHOLE = 4  # ways to end, where all lines end in one of them
FEWEST = 3  # lines by which a shape is believed to be one
PROSE = 0.6  # words that differ from line to line, for each that is the same: of more it is prose and no template


@dataclass(frozen=True)
class Shape:
    """Lines that begin with the same items, and what comes behind: a body, the rest of the items, or pairs at the end."""

    rows: tuple[Row, ...]
    head: int  # items at the beginning that all rows share
    tail: int  # items at the end, all of them pairs
    body: bool  # whether there is text between


def shapes(rows: Sequence[Row]) -> list[Shape]:
    """The shapes of lines, the most common first."""
    found: list[Shape] = []
    left = list(rows)
    while left and len(found) < MOST_SHAPES:
        length, mine = _grown(left)
        found += _ended(mine, _trimmed(mine, length))
        took = set(map(id, mine))
        left = [row for row in left if id(row) not in took]
    return sorted(found, key=lambda shape: (-shape.head - shape.tail, -len(shape.rows)))


def _grown(rows: list[Row]) -> tuple[int, list[Row]]:
    """How many items most of the rows share from the beginning, and those rows."""
    at = 0
    while True:
        counts = Counter(row[at].shape for row in rows if len(row) > at)
        if not counts:
            return at, rows
        (shape, n), *others = counts.most_common()
        before = any(item.kind == "stamp" for item in rows[0][at:])
        parts = len(others) > 0 and others[0][1] >= OFTEN * len(rows) and _bounds(shape, others[0][0])
        if n < NEARLY * len(rows) and not before and not (parts and n >= OFTEN * len(rows)):
            return at, rows
        rows = [row for row in rows if len(row) > at and row[at].shape == shape]
        at += 1


def _bounds(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether one of two ways to go on is in brackets and the other is not."""
    return one[0] != other[0] and bool({"square", "angle", "mark"} & {one[0], other[0]})


def _trimmed(rows: list[Row], length: int) -> int:
    """The shared beginning up to the last item that no message begins with, and the blanks behind it."""
    strong = max((at for at in range(length) if _strong([row[at] for row in rows])), default=-1) + 1
    return strong + (strong < length and rows[0][strong].kind == "blank")


def _strong(column: list[Item]) -> bool:
    if column[0].kind not in ("word", "blank"):
        return True
    values = [item.value for item in column]
    if len(set(values)) == 1 and not any(map(str.isalnum, values[0])):
        return column[0].kind == "word"  # a dash between blanks
    return column[0].kind == "word" and (are_levels(values) or all(value.isdigit() for value in values))


def are_levels(values: Sequence[str]) -> bool:
    """Whether nearly all are words of severity."""
    known = sum(severity.number(value) > 0 for value in values)
    short = max(map(len, values), default=0) <= 12
    words = {value.strip().lower() for value in values}
    return short and known >= NEARLY * len(values) and not (len(words) == 1 and len(next(iter(words))) == 1)


def _ended(rows: list[Row], head: int) -> Iterator[Shape]:
    """The shapes of what comes behind the shared beginning."""
    if all(len(row) == head for row in rows):
        yield Shape(tuple(rows), head, 0, False)
        return
    ways: dict[tuple[tuple[str, str], ...], list[Row]] = {}
    for row in rows:
        ways.setdefault(tuple(item.shape for item in row[head:]), []).append(row)
    if len(ways) <= MOST_WHOLE and all(_template(mine, head) for mine in ways.values()):
        yield from (Shape(tuple(mine), len(mine[0]), 0, False) for mine in ways.values())
        return
    tail = _pairs(rows, head)
    mine = [
        row
        for row in rows
        if tail and tuple(item.shape for item in row[-len(tail) :]) == tail and len(row) > head + len(tail)
    ]
    if mine:
        yield Shape(tuple(mine), head, len(tail), True)
    took = set(map(id, mine))
    rest = tuple(row for row in rows if id(row) not in took)
    if rest:
        yield Shape(rest, head, 0, True)


def _template(rows: list[Row], head: int) -> bool:
    """Whether rows of one shape are one template with values in it, and no prose that is alike by chance."""
    if len(rows) < FEWEST:
        return False
    if any(item.kind in ("pair", "request") for item in rows[0]):
        return True
    columns = [{row[at].value for row in rows} for at in range(head, len(rows[0])) if rows[0][at].kind == "word"]
    same = sum(len(values) == 1 for values in columns)
    prose = sum(len(values) > 1 and not _counts(values) for values in columns)
    if same == len(columns):  # it may be all that was said so far, where the line is no sentence around its time
        return any(
            item.kind == "word" and item.value.isalpha() and all(row[at] == item for row in rows)
            for at, item in _before(rows[0])
        )
    return prose == 0 or prose < same * PROSE


def _before(row: Row) -> list[tuple[int, Item]]:
    """The items before the time, by their place."""
    stamp = next(at for at, item in enumerate(row) if item.kind == "stamp")
    return list(enumerate(row[:stamp]))


def _counts(values: set[str]) -> bool:
    """Whether words are made of numbers: addresses, ids, amounts."""
    return all(any(map(str.isdigit, value)) for value in values)


def _pairs(rows: list[Row], head: int) -> tuple[tuple[str, str], ...]:
    """The pairs that nearly all rows end in, with the blanks between them."""
    tail: list[tuple[str, str]] = []
    while True:
        ends = Counter(row[-len(tail) - 1].shape for row in rows if len(row) > head + len(tail) + 1)
        if not ends:
            break
        shape, n = ends.most_common(1)[0]
        if n < NEARLY * len(rows) or shape[0] not in ("pair", "blank"):
            break
        tail.append(shape)
    while tail and tail[-1][0] != "blank":
        tail.pop()
    return tuple(reversed(tail)) if len(tail) > 1 else ()
