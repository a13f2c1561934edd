"""What somebody asks for, found in the incident: a mark, a number, a row, a citation, a suspect, a change."""

from __future__ import annotations

import re
from collections.abc import Callable

from postmortem_timeline.errors import UsageError
from postmortem_timeline.explaining.book import Book, Told
from postmortem_timeline.explaining.entries import of_change, of_row, of_suspect
from postmortem_timeline.explaining.marks import of_duration, of_mark
from postmortem_timeline.explaining.numbers import SHORT, numbers, of_number

ROW = re.compile(r"(?:row\s*)?#?(\d+)", re.IGNORECASE)
CHANGE = re.compile(r"changes?(?:\s*#?(\d+))?", re.IGNORECASE)
SUSPECT = re.compile(r"(?:suspects?|services?)(?:\s*#?(\d+))?", re.IGNORECASE)
Way = Callable[[Book, str], list[Told]]


def find(book: Book, what: str) -> list[Told]:
    """The explanations of `what`; of several meanings the first that fits, in the order of WAYS."""
    asked = what.strip()
    for way in WAYS:
        found = way(book, asked)
        if found:
            return found
    raise UsageError(f"nothing of this incident is called {what!r}; it can be asked for:\n{askable(book)}")


def _mark(book: Book, asked: str) -> list[Told]:
    name = _plain(asked)
    return [of_mark(book, name)] if name in book.marks else []


def _duration(book: Book, asked: str) -> list[Told]:
    name = _plain(asked).removesuffix("_seconds") + "_seconds"
    return [of_duration(book, name)] if name in book.incident["formulas"] else []


def _number(book: Book, asked: str) -> list[Told]:
    name = _plain(asked).removeprefix("impact.")
    known = numbers(book)
    wanted = next((one for one in (name, SHORT.get(name), f"{name}_seconds") if one in known), None)
    return [of_number(book, wanted)] if wanted else []


def _row(book: Book, asked: str) -> list[Told]:
    match = ROW.fullmatch(asked)
    return [of_row(book, int(match[1]) - 1)] if match and 0 < int(match[1]) <= len(book.rows) else []


def _cited(book: Book, asked: str) -> list[Told]:
    """All that rests on one record."""
    found = [of_row(book, place) for place, row in enumerate(book.rows) if asked in row["citations"]]
    found += [of_change(book, place) for place, one in enumerate(book.incident["changes"]) if asked in one["citations"]]
    found += [of_suspect(book, place) for place, one in enumerate(book.incident["services"]) if asked in one["citations"]]
    return found + [of_mark(book, name) for name, mark in book.marks.items() if asked in mark["citations"]]


def _suspect(book: Book, asked: str) -> list[Told]:
    suspects, match = book.incident["services"], SUSPECT.fullmatch(asked)
    if match:
        place = int(match[1] or 1) - 1
        return [of_suspect(book, place)] if 0 <= place < len(suspects) else []
    named = [place for place, one in enumerate(suspects) if one["name"].lower() == asked.lower()]
    return [of_suspect(book, place) for place in named]


def _change(book: Book, asked: str) -> list[Told]:
    """By its rank, or by words of its summary."""
    changes, match = book.incident["changes"], CHANGE.fullmatch(asked)
    if match:
        place = int(match[1] or 1) - 1
        return [of_change(book, place)] if 0 <= place < len(changes) else []
    told = [place for place, one in enumerate(changes) if len(asked) > 2 and asked.lower() in str(one["summary"]).lower()]
    return [of_change(book, place) for place in told[:3]]


WAYS: tuple[Way, ...] = (_mark, _duration, _number, _row, _cited, _suspect, _change)


def _plain(asked: str) -> str:
    return re.sub(r"[\s-]+", "_", asked.lower())


def askable(book: Book) -> str:
    """What can be asked for, in a line each."""
    changes = len(book.incident["changes"])
    suspects = [one["name"] for one in book.incident["services"]]
    lines = [
        ("a mark", ", ".join(book.marks)),
        ("a duration", ", ".join(name.removesuffix("_seconds") for name in book.incident["formulas"])),
        ("a number", ", ".join(sorted(numbers(book)))),
        ("a row", f"1 to {len(book.rows)}, or a citation of one (source:line)" if book.rows else "there is none"),
        ("a suspect", ", ".join(suspects) or "there is none"),
        ("a change", f"change 1 to change {changes}, or words of it" if changes else "there is none"),
    ]  # fmt: skip
    return "\n".join(f"  {name:11} {said}" for name, said in lines)
