"""The sections that count: marks, durations, windows and impact, each number with its arithmetic."""

from __future__ import annotations

from typing import Any

from postmortem_timeline.postmortem.facts import Fact, Mark
from postmortem_timeline.postmortem.footnotes import Notes
from postmortem_timeline.postmortem.markup import escape, table
from postmortem_timeline.postmortem.model import Document
from postmortem_timeline.views import wording


def key_facts(document: Document, notes: Notes) -> str:
    """Marks and durations; where none is known, one sentence in place of a table of blanks."""
    if not any(mark.at for mark in document.marks):
        reasons = {mark.reason.rstrip(".") for mark in document.marks}
        why = reasons.pop() if len(reasons) == 1 else "the exports do not carry them"
        return f"No mark of an incident's life is known, and so no duration ({escape(why)})."
    marks = table(
        ("Mark", "Time (UTC)", "Confidence", "Basis", "Why", "Evidence"),
        (_mark(mark, notes) for mark in document.marks),
    )
    spans = table(
        ("Duration", "Value", "Formula"),
        ((fact.label, escape(fact.value), escape(fact.how)) for fact in document.durations),
    )
    return f"{marks}\n\n{spans}"


def impact(document: Document, notes: Notes) -> str:
    details = document.incident.get("impact", {}).get("window_details") or []
    windows = (
        table(("Window (UTC)", "Length", "Kind", "Services"), map(_window, details))
        if details
        else "No window in which users were failed."
    )
    numbers = table(("What", "Value", "How"), (_number(fact, notes) for fact in document.impact))
    return f"{windows}\n\n{numbers}"


def _mark(mark: Mark, notes: Notes) -> tuple[str, ...]:
    by = f" (by {mark.by.replace('_', ' ')})" if mark.by and mark.by != "unknown" else ""
    if not mark.at:
        return mark.label, f"[not measured: {escape(mark.reason.rstrip('.'))}]", "-", "-", "", ""
    sure = "-" if mark.confidence is None else f"{mark.confidence:.2f}"
    basis = mark.basis if mark.origin == "inferred" else f"{mark.basis} ({mark.origin})"
    at = f"{wording.iso_day(mark.at)} {wording.clock(mark.at)}"
    return mark.label + by, at, sure, basis, escape(mark.reason), notes.of(mark.citations)


def _window(detail: dict[str, Any]) -> tuple[str, ...]:
    start = ("at or before " if detail.get("open_start") else "") + wording.clock(detail["start"])
    end = ("at or after " if detail.get("open_end") else "") + wording.clock(detail["end"])
    length = wording.span(wording.seconds_between(detail["start"], detail["end"]))
    services = ", ".join(escape(name) for name in detail.get("services") or ())
    return f"{wording.iso_day(detail['start'])} {start} to {end}", length, str(detail.get("kind")), services


def _number(fact: Fact, notes: Notes) -> tuple[str, ...]:
    return fact.label, escape(fact.value) + notes.of(fact.citations), escape(fact.how)
