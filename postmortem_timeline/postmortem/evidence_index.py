"""For whoever audits: what was read and what became of it, the inputs' hashes, what people overrode and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from postmortem_timeline.postmortem.markup import blank, code, escape, table
from postmortem_timeline.postmortem.model import Document
from postmortem_timeline.views import wording

OVERRIDES = (
    "title", "severity", "failed", "slo", "slo_period_days", "slo_period_requests", "revenue_per_minute",
    "revenue_per_request", "expected_users", "responder_rate",
)  # fmt: skip


def ledger(document: Document) -> str:
    """One row a source: format, lines, what could not be read, what was a copy."""
    rows = map(_source, document.incident.get("ledger") or [])
    return table(("Source", "Format", "Lines", "Records", "Unparsed", "Copies", "From - to (UTC)", "Notes"), rows)


def further(document: Document) -> Iterator[tuple[str, str, str]]:
    """(id, title, text) of the inputs' hashes, the overrides and the versions, where there are any."""
    inputs = document.incident.get("inputs") or []
    if inputs:
        rows = ((code(row["path"]), wording.number(row["bytes"]), f"`{row['sha256']}`") for row in inputs)
        yield "inputs", "Inputs", table(("File", "Bytes", "SHA-256"), rows)
    overrides = list(_overrides((document.incident.get("options") or {}).get("annotations") or {}))
    if overrides:
        yield "overrides", "Overrides", table(("What", "Stated", "Why", "Who"), overrides)
    yield "versions", "Versions", _versions(document.incident)


def _source(row: dict[str, Any]) -> tuple[str, ...]:
    counts = [wording.number(row.get(name)) for name in ("lines", "records", "unparsed", "copies")]
    notes = escape(wording.plain(row["notes"])) if row.get("notes") else ""
    return code(row["source"]), row.get("format") or "not recognised", *counts, _from_to(row), notes


def _from_to(row: dict[str, Any]) -> str:
    if not row.get("first"):
        return "-"
    first, last = row["first"], row.get("last")
    day = "" if wording.iso_day(first) == wording.iso_day(last) else f"{wording.iso_day(last)} "
    return f"{wording.iso_day(first)} {wording.clock(first)} - {day}{wording.clock(last)}"


def _overrides(said: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """What incident.toml says in place of the evidence; who and why is asked where it does not say."""
    for name, mark in (said.get("marks") or {}).items():
        at = str((mark or {}).get("at") or "did not happen, or is not known")
        yield _override(f"mark {name}", at, mark or {})
    for name, source in (said.get("sources") or {}).items():
        for key, value in (source or {}).items():
            if key in ("zone", "clock"):
                yield _override(f"{key} of {name}", str(value), source)
    for citation in said.get("hidden") or ():
        yield _override("left out", str(citation), {})
    for pin in said.get("pinned") or ():
        yield _override("pinned", str(pin.get("citation") if isinstance(pin, Mapping) else pin), {})
    for note in said.get("notes") or ():
        yield "note", escape(str(note.get("text") or "")), "-", escape(str(note.get("actor") or "")) or blank("who")
    for key in OVERRIDES:
        if said.get(key) is not None:
            yield _override(key.replace("_", " "), wording.plain(said[key]), {})


def _override(what: str, stated: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    why, who = known.get("reason"), known.get("who")
    return escape(what), escape(stated), escape(str(why)) if why else blank("why"), escape(str(who)) if who else blank("who")


def _versions(incident: Mapping[str, Any]) -> str:
    tool = incident.get("tool") or {}
    rows = [
        f"- {escape(str(tool.get('name') or 'postmortem_timeline'))} {escape(str(tool.get('version') or '-'))}",
        f"- incident.json, schema version {escape(str(incident.get('schema_version') or '-'))}",
        "- The same inputs, options and incident.toml give the same bytes.",
    ]
    return "\n".join(rows)
