"""A shape of lines as a layout: what is the same stays as it is written, what differs becomes a field."""

from __future__ import annotations

import re
from collections.abc import Sequence

from postmortem_timeline.drafting.items import CLOSES, OPENS, Item
from postmortem_timeline.drafting.naming import TIMED, Names
from postmortem_timeline.drafting.shapes import Row, Shape, are_levels

WORDY = re.compile(r"^[^\W\d_]+$")
REQUEST = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (?:/|https?://)")


def layout(shape: Shape, names: Names) -> str:
    """The text of a layout that reads the rows of a shape."""
    stamp = next(at for at, item in enumerate(shape.rows[0]) if item.kind == "stamp")
    # A host or a program that is the same in this file is another in the next; what a whole line spells out is not.
    parts = [_item(shape.rows, at, names, not shape.body or at < stamp) for at in range(shape.head)]
    if not shape.body:
        return "".join(parts)
    tail = [_item(shape.rows, at, names, True) for at in range(-shape.tail, 0)]
    return "".join([*parts, "{body}", *tail])


def _item(rows: Sequence[Row], at: int, names: Names, spelt: bool) -> str:
    first, values = rows[0][at], [row[at].value for row in rows]
    if first.kind == "stamp":
        return "{timestamp}"
    if first.kind == "blank":
        return _plain(values[0]) if len(set(values)) == 1 else "{>}"
    if first.kind == "mark":
        return _plain(first.value)
    if first.kind == "request":  # its own blanks would end it
        return names.request(all(" HTTP/" in value for value in values))
    opens, closes = OPENS.get(first.kind, ""), CLOSES.get(first.kind, "")
    if first.kind == "pair":
        opens, closes = first.sign, first.sign[-1] if first.sign.endswith('"') else ""
    return _plain(opens) + _value(rows, at, values, names, spelt) + _plain(closes)


def _value(rows: Sequence[Row], at: int, values: list[str], names: Names, spelt: bool) -> str:
    item = rows[0][at]
    before, behind = rows[0][:at], rows[0][at + 1 :] if at != -1 else ()
    if _is_level(item, values) and "level" not in names.taken:
        names.taken.add("level")
        return "{level:level}" if all(value == value.strip() for value in values) else "{level}"
    if len(set(values)) == 1 and not any(map(str.isalnum, values[0])):
        return _plain(values[0])
    if spelt and item.kind == "word" and len(set(values)) == 1 and WORDY.match(values[0]):
        return _plain(values[0])
    if all(REQUEST.match(value) for value in values):
        item = Item("request", item.value)
    units = {found.group(1) for value in values if (found := TIMED.match(value))}
    if len(units) == 1 and all(map(TIMED.match, values)):
        (unit,) = units
        key = item.sign.partition("=")[0] if item.kind == "pair" else "duration"
        return "{" + names.duration(unit.replace("µs", "us"), key) + "}" + unit
    return "{" + names.field(item, values, before, behind) + "}"


def _is_level(item: Item, values: list[str]) -> bool:
    if item.kind == "pair" and item.sign.partition("=")[0].lower() not in ("level", "severity", "lvl", "loglevel"):
        return False
    return item.kind in ("word", "square", "angle", "pair") and are_levels(values)


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
