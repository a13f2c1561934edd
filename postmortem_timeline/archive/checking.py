"""What is wrong in an archive: files that do not fit, marks out of order, durations that do not add up, open ends."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from postmortem_timeline.archive.store import Store
from postmortem_timeline.incident import check as fits_schema
from postmortem_timeline.postmortem.checklist import ORDER
from postmortem_timeline.postmortem.findings import Finding
from postmortem_timeline.views import wording


def check(store: Store) -> list[tuple[str, Finding]]:
    """All findings, by incident; files that a build or an import left out count too."""
    found = []
    for name in store.ids():
        found += [(name, finding) for finding in _one(store, name)]
    return found


def _one(store: Store, name: str) -> list[Finding]:
    try:
        incident = store.read(name)
        fits_schema(incident)
    except (json.JSONDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        return [
            Finding(
                0, "schema", f"incident.json: {error}", "add or import it again, or restore it from version control"
            )
        ]
    missing = [file for file in ("postmortem.md", "timeline.parquet") if not (store.root / name / file).is_file()]
    block = incident.get("archive") or {}
    return [
        *(Finding(0, "missing", f"{file} is missing", "add or import it again") for file in missing),
        *(
            []
            if block.get("id") == name
            else [Finding(0, "renamed", f"the folder was called {block.get('id')!r}", "add or import it again")]
        ),
        *_order(incident),
        *_said(incident),
        *_actions(block),
    ]


def _order(incident: dict[str, Any]) -> list[Finding]:
    life, found = incident["lifecycle"], []
    for first, second in ORDER:
        apart = wording.seconds_between(life[first]["at"], life[second]["at"])
        if apart is not None and apart < 0:
            message = f"{wording.MARKS[second].lower()} is {wording.span(-apart)} before {wording.MARKS[first].lower()}"
            found.append(Finding(_line(life[second]["citations"]), "order", message, "one of the two times is wrong"))
    return found


def _said(incident: dict[str, Any]) -> list[Finding]:
    """What the import found out: typing errors mended, durations that do not fit the marks."""
    codes = {"duration": "mend the duration or the times", "mended": "a typing error?"}
    return [
        Finding(_line(f["citations"]), f["code"], f["message"], codes[f["code"]])
        for f in incident["findings"]
        if f["code"] in codes
    ]


def _actions(block: dict[str, Any]) -> list[Finding]:
    return [
        Finding(
            _line([action["citation"]]),
            f"action-{name}",
            f"“{wording.short(action['what'], 60)}” has no {what}",
            "name who does it" if name == "owner" else "say until when",
        )
        for action in block.get("actions") or []
        if action["status"] == "open"
        for name, what in (("owner", "owner"), ("due", "due date"))
        if not action.get(name)
    ]


def _line(citations: list[str]) -> int:
    line = citations[0].rpartition(":")[2].partition("#")[0] if citations else ""
    return int(line) if line.isdigit() else 0
