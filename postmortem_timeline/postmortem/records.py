"""The cited records of a report: each has one home, which footnotes lead to, and the lines that stood around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from postmortem_timeline.postmortem.model import Document, Quote


@dataclass(frozen=True)
class Line:
    """A physical line of a source; `own` where it belongs to the record itself."""

    number: int
    text: str
    own: bool


@dataclass(frozen=True)
class Record:
    """One record, under all the places that name it."""

    places: tuple[str, ...]
    quote: Quote | None
    around: tuple[Line, ...] = ()


class Records:
    """Every citation of a document, numbered; at home in the first row that cites it, else among the further ones."""

    def __init__(self, document: Document) -> None:
        self._quotes = document.quotes
        self._context: dict[str, Any] = document.incident.get("context") or {}
        self.row_of: dict[str, int] = {}
        for index, row in enumerate(document.rows):
            for place in row.get("citations") or ():
                self.row_of.setdefault(place, index)
        places = [*self.row_of, *sorted(place for place in document.quotes if place not in self.row_of)]
        self.number = {place: number for number, place in enumerate(places)}

    def numbers(self, citations: Sequence[str]) -> list[int]:
        return [self.number[place] for place in citations if place in self.number]

    def further(self) -> list[Record]:
        """The records that no row shows."""
        return self.of([place for place in self.number if place not in self.row_of])

    def of(self, citations: Sequence[str]) -> list[Record]:
        """Their records; the places of one record (an alert's start and its end) share one."""
        found: dict[str, list[str]] = {}
        for place in dict.fromkeys(citations):
            quote = self._quotes.get(place)
            found.setdefault(f"{place.partition('#')[0]}\n{quote.text}" if quote else place, []).append(place)
        return [Record(tuple(places), self._quotes.get(places[0]), self._around(places[0])) for places in found.values()]

    def _around(self, place: str) -> tuple[Line, ...]:
        context, quote = self._context.get(place), self._quotes.get(place)
        if not context or not quote:
            return ()
        return tuple(_lines(place, context.get("before") or [], quote.text.split("\n"), context.get("after") or []))


def _lines(place: str, before: Sequence[str], own: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    number = int(place.rpartition(":")[2].partition("#")[0]) - len(before)
    for texts, mine in ((before, False), (own, True), (after, False)):
        for text in texts:
            yield Line(number, text, mine)
            number += 1
