"""Why an incident says what it says: a mark, a number, a row, a suspect or a change, in words, with its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from postmortem_timeline.explaining.asked import find
from postmortem_timeline.explaining.book import Book
from postmortem_timeline.explaining.rendering import rendered


def explain(
    incident: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], quotes: Mapping[str, Mapping[str, Any]], what: str
) -> str:
    """How `what` came about, from which records, what else was considered, and how to override it in incident.toml.

    in:  the dict of incident.json; the timeline's rows as dicts; citation -> {"text", "said"} of the cited records
    Raises UsageError, which lists what can be asked, where `what` is nothing of this incident.
    """
    book = Book(incident, rows, quotes)
    return "\n\n".join(rendered(told, book) for told in find(book, what))


__all__ = ["explain"]
