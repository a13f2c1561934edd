"""The candidates for the timeline as plain entries, each with the reason why it may stand there and a score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from postmortem_timeline.correlate.records import Record


class Entry(NamedTuple):
    """One candidate row; times in ns."""

    start: int
    end: int
    kind: str
    summary: str
    reason: str
    score: float
    citations: tuple[str, ...]
    severity_number: int = 0
    service: str | None = None
    actor: str | None = None
    count: int = 1  # type: ignore[assignment]  # a column of the timeline; tuple.count is not used
    sources: int = 1


def plain(record: Record, reason: str, score: float) -> Entry:
    """A record as it stands."""
    return Entry(
        record.at, record.at, record.kind, short(record.body), reason, score, (record.citation,), record.severity,
        record.service, record.actor,
    )  # fmt: skip


def short(text: str, limit: int = 160) -> str:
    """The first line of a text that says something, cut at a word to at most `limit` characters."""
    line = next((" ".join(part.split()) for part in text.replace("```", " ").splitlines() if part.strip()), "")
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 2 // 3 else cut).rstrip(" ,;:") + "…"


def listed(names: Sequence[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b, c and 4 more`."""
    shown = list(names) if len(names) <= most + 1 else [*names[:most], f"{len(names) - most} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def span(length: int) -> str:
    """A length of time in words: 45 s, 12 min, 1 h 5 min, 3 d 2 h."""
    seconds = round(length / 1e9)
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
