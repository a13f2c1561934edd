"""The outcome of suites as text: a table for the terminal and for Markdown, JSON, and the blocks of the documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from .result import HOLDS, Result

BEGIN, END = "<!-- evaluation: {} -->", "<!-- /evaluation: {} -->"
OVERVIEW = "overview"
BLOCK = re.compile(r"<!-- evaluation: (\w+) -->\n(.*?)<!-- /evaluation: \1 -->", re.DOTALL)


def markdown(result: Result, *, brief: bool = False) -> str:
    """One suite: what it reaches, its rows (or the few that stand for them), and what is said to them."""
    if result.skipped:
        return f"Not measured: {result.skipped}.\n"
    numbers = [
        {"number": name, "reached": value, "goal": " ".join(map(_text, result.goals.get(name, ()))), "holds": _holds(result, name)}
        for name, value in result.summary.items()
    ]
    rows = result.brief if brief and result.brief else result.rows
    parts = [table(numbers), table(rows), "\n".join(f"- {note}" for note in result.notes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _holds(result: Result, name: str) -> str:
    reached = result.reached(name)
    return "" if reached is None else "yes" if reached else "no"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as a Markdown table; every column that any row has, in the order of their first sight."""
    if not rows:
        return ""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_text(row.get(name)).replace("|", "\\|") for name in names) + " |" for row in rows]
    return "\n".join(lines)


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,g}" if isinstance(value, float) and abs(value) < 1e5 else f"{value:,.0f}" if isinstance(value, float) else str(value)


def as_json(results: Sequence[Result], date: str | None, machine: str | None) -> str:
    """All suites with when and where they ran, as whoever ran them says."""
    suites = {
        r.name: {
            "skipped": r.skipped, "summary": r.summary,
            "goals": {name: {"sign": sign, "wanted": wanted, "holds": r.reached(name)} for name, (sign, wanted) in r.goals.items()},
            "rows": r.rows, "notes": r.notes,
        }
        for r in results
    }  # fmt: skip
    return json.dumps({"date": date, "machine": machine, "suites": suites}, indent=1, ensure_ascii=False, default=str) + "\n"


def into(document: str, result: Result, stamp: str) -> str:
    """The document with the suite's block replaced, or put at its end under a heading of its own."""
    begin, end = BEGIN.format(result.name), END.format(result.name)
    block = f"{begin}\n{stamp}\n\n{markdown(result, brief=True)}{end}"
    found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if found.search(document):
        return found.sub(lambda _: block, document)
    return f"{document.rstrip()}\n\n## Suite: {result.name}\n\n{block}\n"


def with_overview(document: str) -> str:
    """The document with its table of all judged numbers made anew from the blocks of the suites in it."""
    begin, end = BEGIN.format(OVERVIEW), END.format(OVERVIEW)
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    rows = [row for name, block in BLOCK.findall(document) if name != OVERVIEW for row in _judged(name, block)]
    return place.sub(lambda _: f"{begin}\n{table(rows)}\n{end}", document)


def _judged(name: str, block: str) -> list[dict[str, Any]]:
    """The numbers of one suite that have a goal, with when and where it ran."""
    # what a stamp says after a semicolon stands with the suite
    stamp, cells = block.strip().partition("\n")[0].partition(";")[0], [line.strip("| ").split(" | ") for line in block.splitlines()]
    return [
        {"suite": name, "number": row[0], "goal": row[2], "reached": row[1], "holds": row[3], "measured": stamp}
        for row in cells if len(row) == 4 and row[3] in ("yes", "no") and row[2][:2] in HOLDS
    ]  # fmt: skip
