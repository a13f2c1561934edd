"""The incidents of an archive as a table, for terminals and notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from postmortem_timeline.archive.entry import Entry
from postmortem_timeline.views import wording

HEAD = ("day", "incident", "severity", "to detect", "to mitigate", "actions", "title")


def rows(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    return [
        (entry.day or "-", entry.name, entry.severity or "", _span(entry, "time_to_detect"), _span(entry, "time_to_mitigate"),
         f"{len(entry.open_actions)} open of {len(entry.actions)}" if entry.actions else "", entry.title)
        for entry in entries
    ]  # fmt: skip


def _span(entry: Entry, name: str) -> str:
    seconds = entry.durations.get(f"{name}_seconds")
    return "" if seconds is None else signed(seconds)


def signed(seconds: float) -> str:
    """A duration for people; before harm it has a minus."""
    return f"-{wording.span(-seconds)}" if seconds < 0 else wording.span(seconds)


def listed_html(entries: Sequence[Entry]) -> str:
    head = "".join(f"<th>{name}</th>" for name in HEAD)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows(entries))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
