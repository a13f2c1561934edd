"""An explanation as plain text: how, from which records, what else, and how to override it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from postmortem_timeline.explaining.book import Book, Told

RECORDS, LINES, WIDTH = 8, 6, 160  # what is quoted: so many records, lines of each, characters a line


def rendered(told: Told, book: Book) -> str:
    """The text; evidence in it is cut, and never wrapped."""
    parts = [told.title, *[f"  {line}" for line in told.how], "", "From the records"]
    parts += list(_records(told, book)) or [f"  {told.without}"]
    parts += ["", "Also considered"] + ([f"  {line}" for line in told.others] or ["  Nothing else."])
    parts += ["", f"To override it, in incident.toml (then `pmt {told.by}`)"]
    parts += [f"  {line}" for line in told.override] or ["  Nothing sets it directly."]
    return "\n".join(part.rstrip() for part in parts)


def _records(told: Told, book: Book) -> Iterator[str]:
    for citation in told.citations[:RECORDS]:
        quote = book.quotes.get(citation)
        yield f"  {citation}"
        yield from (f"    | {line}" for line in _lines(quote))
    if len(told.citations) > RECORDS:
        yield f"  and {len(told.citations) - RECORDS} more: {' '.join(told.citations[RECORDS : RECORDS + 20])}"


def _lines(quote: Mapping[str, Any] | None) -> list[str]:
    """What a record says in words, else its text."""
    text = str((quote or {}).get("said") or (quote or {}).get("text") or "")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return ["(its text is not kept in this folder; `pmt show` reads it from the exports)"]
    shown = [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in lines[:LINES]]
    return shown + ([f"… {len(lines) - LINES} more lines"] if len(lines) > LINES else [])
