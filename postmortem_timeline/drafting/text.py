"""Drafts a format for text with times in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from postmortem_timeline.drafting import stamps
from postmortem_timeline.drafting.items import items
from postmortem_timeline.drafting.layout import layout
from postmortem_timeline.drafting.naming import Names
from postmortem_timeline.drafting.shapes import Row, Shape, shapes
from postmortem_timeline.drafting.toml import Draft, quoted
from postmortem_timeline.errors import FormatError
from postmortem_timeline.formats.declaration import declare
from postmortem_timeline.formats.model import Format
from postmortem_timeline.parsing import continuation
from postmortem_timeline.parsing.branches import match_all
from postmortem_timeline.parsing.text import Lines
from postmortem_timeline.parsing.timestamps import Dating

JSON = ("{", "[{")
TWO = 2  # records of each layout that make its sample
LONGEST = 6  # lines of a record in a sample
DATING = Dating(year=2024)


def draft_text(lines: Lines, texts: Sequence[str], plain: bool = False) -> Draft | None:
    """A draft for lines that hold a time; with `plain` all behind it is the message. None where no time is found."""
    found = [stamps.find(text) for text in texts]
    known = [stamp for stamp in found if stamp]
    if not known:
        return None
    written, doubt = stamps.patterns(known)
    rows = [items(text, stamp) for text, stamp in zip(texts, found, strict=True) if stamp]
    drafted = _drafted([_plain(row) for row in _places(rows)] if plain else shapes(rows), written, lines)
    return _told(*drafted, lines, texts, [doubt] if doubt else []) if drafted else None


def _places(rows: list[Row]) -> list[Row]:
    """One row for each number of items before the time, the most common first."""
    places: dict[int, list[Row]] = {}
    for row in rows:
        places.setdefault(next(i for i, item in enumerate(row) if item.kind == "stamp"), []).append(row)
    return [min(mine, key=len) for mine in sorted(places.values(), key=lambda mine: -len(mine))][:4]


def _plain(row: Row) -> Shape:
    """The time, and all behind it as the message."""
    at = next(i for i, item in enumerate(row) if item.kind == "stamp") + 1
    blank = at < len(row) and row[at].kind == "blank"
    return Shape((row,), at + blank, 0, True)


def _drafted(parts: Sequence[Shape], written: Sequence[str], lines: Lines) -> tuple[Format, Draft] | None:
    """The layouts of shapes that can be walked and that read some line."""
    laid: dict[str, str] = {}
    columns: dict[str, str] = {}
    for part in parts:
        names = Names()
        text = layout(part, names)
        if text in laid.values() or any(columns.get(key, said) != said for key, said in names.columns.items()):
            names = Names()
            names.columns = dict.fromkeys(columns, "")  # what another layout calls otherwise stays an attribute
            text = layout(part, names)
        try:
            _declared({"line": text}, {}, written)
        except FormatError:
            continue
        if text not in laid.values():
            laid[_name(len(laid))] = text
            columns |= {key: said for key, said in names.columns.items() if said}
    if not laid:
        return None
    fmt = _declared(laid, columns, written)
    used = {match.layout.name for match in match_all(fmt.branches, lines, DATING)}
    laid = {name: text for name, text in laid.items() if name in used}
    if not laid:
        return None
    columns = {key: said for key, said in columns.items() if any("{" + _field(said) in text for text in laid.values())}
    formats = quoted(written[0]) if len(written) == 1 else f"[{', '.join(map(quoted, written))}]"
    stamp = {"timestamp": f'{{ field = "timestamp", format = {formats} }}'}
    kind = "request" if {"endpoint", "status_code"} <= set(columns) else "log"
    draft = Draft("dissect", kind, layouts=laid, columns=stamp | columns)
    return _declared(laid, columns, written), draft


def _name(number: int) -> str:
    return f"line{number + 1}" if number else "line"


def _field(said: str) -> str:
    return said.partition('field = "')[2].partition('"')[0]


def _declared(laid: dict[str, str], columns: dict[str, str], written: Sequence[str]) -> Format:
    import tomllib

    parsed = tomllib.loads("\n".join(f"{key} = {said}" for key, said in columns.items()))
    stamp = {"timestamp": {"field": "timestamp", "format": list(written)}}
    return declare(
        {
            "name": "draft",
            "group": "app",
            "kind": "log",
            "engine": "dissect",
            "layouts": laid,
            "columns": stamp | parsed,
        },
        "draft",
    )


def _told(fmt: Format, draft: Draft, lines: Lines, texts: Sequence[str], remarks: list[str]) -> Draft:
    """The draft with what continues its records, its samples, and what it leaves out."""
    claimed = np.full(len(lines), -1, np.int32)
    bodies: list[str] = []
    for match in match_all(fmt.branches, lines, DATING):
        claimed[match.rows] = next(i for i, one in enumerate(fmt.layouts) if one.name == match.layout.name)
        if span := match.spans.get("body"):
            bodies += [
                lines.text.slice(a, b).decode() for a, b in zip(span.start.tolist(), span.end.tolist(), strict=True)
            ]
    draft.continues = _continues(claimed, lines)
    owner = continuation.owners(claimed, lines, np.zeros(len(lines), bool), [tuple(draft.continues)] * len(fmt.layouts))
    left = int(((claimed < 0) & (owner < 0)).sum())
    if bodies and sum(body.startswith(JSON) for body in bodies) > len(bodies) / 2:
        draft.wraps = "body"
    if left:
        row = int(np.flatnonzero((claimed < 0) & (owner < 0))[0])
        remarks.append(
            f"{left} of {len(lines)} lines are read by no layout; the first is line {int(lines.number[row]) + 1}"
        )
    draft.remarks = remarks
    draft.samples = [
        (f"lines of layout {one.name}", _sample(np.flatnonzero(claimed == i), owner, texts))
        for i, one in enumerate(fmt.layouts)
    ]
    return draft


def _continues(claimed: np.ndarray, lines: Lines) -> tuple[str, ...]:
    """The least that takes in the lines without a time."""
    free = claimed < 0
    if not free.any() or not (claimed >= 0).any():
        return ()
    free[: int(np.argmax(claimed >= 0))] = False
    rows = lines.take(np.flatnonzero(free))
    for kinds in (("indented",), ("indented", "traceback")):
        if len(rows) and continuation.shapes(rows, kinds).all():
            return kinds
    return ("any",) if len(rows) and not _stamped(rows) else ("indented", "traceback") if len(rows) else ()


def _stamped(rows: Lines) -> bool:
    """Whether lines that no layout reads hold times: then they are records that are missed, and continue nothing."""
    texts = [
        rows.text.slice(a, b).decode("utf-8", "replace")
        for a, b in zip(rows.start.tolist(), rows.end.tolist(), strict=True)
    ]
    return any(stamps.find(text) for text in texts)


def _sample(mine: np.ndarray, owner: np.ndarray, texts: Sequence[str]) -> str:
    """Two records of a layout, one of them with the lines that continue it."""
    several = [row for row in mine.tolist() if (owner == row).any()][:1]
    chosen = sorted({*mine[:TWO].tolist(), *several})
    rows = [row for one in chosen for row in [one, *np.flatnonzero(owner == one)[: LONGEST - 1].tolist()]]
    return "".join(f"{texts[row]}\n" for row in rows)
