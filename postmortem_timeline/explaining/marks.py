"""How a lifecycle mark and a duration between two came about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postmortem_timeline.explaining.book import Book, Told, chance, quoted, seconds

MEANING = {
    "changed": "the change that is suspected to have set it off",
    "onset": "the first sign of it in any signal, felt by users or not",
    "impact_start": "the first user request that failed because of it",
    "detected": "the first alert of it, or the first report by people",
    "alerted": "when the alarm reached somebody",
    "acknowledged": "when a person first took it",
    "declared": "when it was declared an incident",
    "identified": "when the cause was named",
    "mitigated": "the last user request that failed because of it",
    "resolved": "when it was called resolved",
    "closed": "when the paperwork ended",
    "first_public_update": "the first update of the public status page",
}
BASES = {
    "stated": "a person or a field of that meaning states it", "observed": "it is observed in a series",
    "inferred": "it is inferred", "guess": "it is a guess",
}  # fmt: skip


def of_mark(book: Book, name: str) -> Told:
    """A mark, with its runners-up."""
    mark = book.marks[name]
    by = f", by {mark['by']}" if mark.get("by") else ""
    how = [f"It is {MEANING.get(name, 'a mark of its life')}.", f"Why here: {mark['reason']}."]
    if mark["at"] is None:
        return Told(f"{name}: not known", [how[0], f"Why not: {mark['reason']}."], (), _others(mark), _override(mark, name))
    basis = BASES.get(str(mark.get("basis")), "")
    if mark.get("origin") == "annotated":
        how.append("It was set by hand in incident.toml; what the evidence shows stands first below.")
    else:
        how.append(f"Confidence {chance(mark['confidence'])}: {basis}.")
    return Told(f"{name}: {mark['at']}{by}", how, mark["citations"], _others(mark), _override(mark, name))


def _others(mark: Mapping[str, Any]) -> list[str]:
    return [
        f"{other['at']}  {chance(other.get('confidence'))}  {other.get('basis') or '':8}  {other['reason']}"
        f"  [{', '.join(other.get('citations') or ['no record'])}]"
        for other in mark["alternatives"]
    ]


def _override(mark: Mapping[str, Any], name: str) -> list[str]:
    """The runner-up is what people most likely want to set; else the time that stands, to be edited."""
    wanted = next((other["at"] for other in mark["alternatives"]), mark["at"]) or "2025-07-15T17:42:03Z"
    lines = ["[marks]", f"{name} = {{ at = {wanted}, reason = {quoted('why it was then')} }}"]
    return [*lines, f"# or, where it did not happen:  {name} = false"]


def of_duration(book: Book, name: str) -> Told:
    """A duration: its formula, and the marks in it."""
    value, formula = book.incident["durations"][name], book.incident["formulas"][name]
    ends = formula.split(" - ")
    how = [f"It is {formula}, with"]
    how += [f"{end:13} {book.marks[end]['at'] or 'not known'}: {book.marks[end]['reason']}" for end in ends]
    if value is None:
        how.append("Without both marks, or where the exports begin inside the outage, there is no such duration.")
    cited = list(dict.fromkeys(c for end in ends for c in book.marks[end]["citations"]))
    others = [f"{end}: {other}" for end in ends for other in _others(book.marks[end])]
    override = ["[marks]", *(f"{end} = {book.marks[end]['at'] or '2025-07-15T17:42:03Z'}" for end in ends)]
    return Told(f"{name}: {'not known' if value is None else seconds(value)}", how, cited, others, override)
