"""The timeline for other programs: Timesketch (CSV and JSON lines) and Mermaid."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from postmortem_timeline.postmortem.model import Document
from postmortem_timeline.views import wording

# Timesketch asks for the first three and keeps the others as attributes; `timestamp` is microseconds since 1970.
FIELDS = (
    "message", "datetime", "timestamp_desc", "timestamp", "end", "kind", "phase", "reason", "service", "actor",
    "severity_number", "count", "score", "citations",
)  # fmt: skip
CHART_ROWS = 40
NAME = 60
# What Mermaid takes for a statement of its own where a line begins with it, in upper or lower case.
OWN_WORD = re.compile(
    r"(?:gantt|title|section|click|href|call|\w*axis|\w*format|(?:in|ex)cludes|inclusiveEndDates|todayMarker|tickInterval"
    r"|weekday|weekend|acc(?:Title|Descr\w*)|\d{4}-\d\d-\d\d)\b", re.IGNORECASE,
)  # fmt: skip


def timesketch_csv(document: Document) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "citations": "; ".join(row["citations"])} for row in _rows(document))
    return out.getvalue()


def timesketch_jsonl(document: Document) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(document))


def mermaid(document: Document) -> str:
    """A Gantt chart: windows of harm, marks, and the timeline's weightiest rows."""
    lines = ["gantt", f"    title {_plain(document.title)}", "    dateFormat YYYY-MM-DDTHH:mm:ss", "    axisFormat %H:%M"]
    windows = document.incident.get("impact", {}).get("window_details") or []
    lines += _section("Impact", [_bar(str(one["kind"]), "crit", one["start"], one["end"]) for one in windows])
    lines += _section("Marks", [_point(mark.label, mark.at) for mark in document.marks if mark.at])
    for title, kinds in SECTIONS:
        lines += _section(title, [_entry(row) for row in _weighty(document.rows) if row.get("kind") in kinds])
    return "\n".join(lines) + "\n"


SECTIONS = (
    ("Changes", ("change",)), ("Alerts and pages", ("alert", "page")), ("People", ("chat", "note", "ticket", "status")),
    ("Signals", ("log", "request", "metric", "span")),
)  # fmt: skip

EXPORTS: dict[str, tuple[str, Callable[[Document], str]]] = {
    "timesketch-csv": ("timesketch.csv", timesketch_csv),
    "timesketch-jsonl": ("timesketch.jsonl", timesketch_jsonl),
    "mermaid": ("timeline.mmd", mermaid),
}


def _rows(document: Document) -> list[dict[str, Any]]:
    return [_row(row) for row in document.rows if row.get("start")]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    more = {name: row.get(name) for name in FIELDS if name in row}
    return {
        "message": _cell(str(row.get("summary") or "")),
        "datetime": str(row["start"]).replace("Z", "+00:00"),
        "timestamp_desc": f"{row.get('kind')}: {row.get('reason')}",
        "timestamp": (wording.instant(row["start"]) or 0) * 1000,
        **more,
        "citations": [str(place) for place in row.get("citations") or ()],
    }


def _cell(text: str) -> str:
    """A text that a spreadsheet does not run as a formula."""
    return f"'{text}" if text.lstrip()[:1] in tuple("=+-@") else text


def _weighty(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    best = sorted(enumerate(rows), key=lambda pair: (-(pair[1].get("score") or 0), pair[0]))[:CHART_ROWS]
    return [row for _, row in sorted(best, key=lambda pair: pair[0]) if row.get("start")]


def _entry(row: dict[str, Any]) -> str:
    name, end = str(row.get("summary") or ""), row.get("end")
    return _bar(name, "", row["start"], end) if end and end != row["start"] else _point(name, row["start"])


def _section(title: str, entries: list[str]) -> list[str]:
    return [f"    section {title}", *entries] if entries else []


def _bar(name: str, mark: str, start: str, end: str) -> str:
    return f"    {_plain(name)} :{mark + ', ' if mark else ''}{start[:19]}, {end[:19]}"


def _point(name: str, at: str) -> str:
    return f"    {_plain(name)} :milestone, {at[:19]}, 0s"


def _plain(text: str) -> str:
    """What Mermaid takes as a name: no colon, no semicolon, no hash, nothing that it would read as its own."""
    flat = re.sub(r"[:;#%<>{}`\"\\|]+", " ", text)
    name = wording.short(" ".join(flat.split()), NAME) or "-"
    return f"- {name}" if OWN_WORD.match(name) else name
