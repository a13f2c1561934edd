"""What is kept of an incident: a build's folder or Timeline, or an imported report, redacted and speaking of roles."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postmortem_timeline.archive.entry import Entry
from postmortem_timeline.archive.reports import actions as action_items
from postmortem_timeline.archive.reports.layout import lines
from postmortem_timeline.archive.reports.report import Report, read_report
from postmortem_timeline.archive.reports.titles import bare
from postmortem_timeline.archive.signature import signature, vocabulary
from postmortem_timeline.archive.store import slug
from postmortem_timeline.errors import NothingReadable
from postmortem_timeline.postmortem import people, scrub
from postmortem_timeline.rows import table_of

BEGINNINGS = ("impact_start", "detected", "declared", "onset", "mitigated", "resolved")
BLANK = "to be filled"  # a blank of our own document
MARKDOWN = (".md", ".markdown", ".mdown")


@dataclass(frozen=True)
class Kept:
    """A folder to be: its wished name, its incident, the archive's own block about it, the other files."""

    name: str
    incident: dict[str, Any]
    block: dict[str, Any]
    files: dict[str, bytes]
    rows: list[dict[str, Any]]
    text: str


def built(timeline: Any) -> Kept:
    """What to keep of a Timeline, or of the folder of a build."""
    if hasattr(timeline, "incident"):
        from postmortem_timeline.postmortem.model import document  # here, for it loads the views

        told = document(timeline.incident, timeline.rows, timeline._built.quotes, roles=timeline._annotations.roles)
        incident, rows, text = told.incident, told.rows, timeline.to_markdown()
        return _kept(incident, rows, text, "built", _key(incident), told.title)
    folder = Path(timeline)
    if not (folder / "incident.json").is_file():
        raise NothingReadable(f"{folder / 'incident.json'} is missing; `pmt build PATH -o {folder}` writes it")
    incident = json.loads((folder / "incident.json").read_text(encoding="utf-8"))
    page = folder / "postmortem.md"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    who = people.identify([], [text])  # a person may have edited it since
    rows = _read_rows(folder / "timeline.parquet")
    heading = next((line.text for line in lines(text) if line.heading == 1), "")
    safe = scrub.scrub({key: value for key, value in incident.items() if key != "archive"}, who)
    return _kept(safe, scrub.scrub(rows, who), scrub.fit_to_leave(text, who), "built", _key(incident), heading)


def imported(report: Report) -> Kept:
    """What to keep of a report that people wrote."""
    source = str(report.incident["ledger"][0]["source"])
    kept = _kept(report.incident, report.rows, report.text, "imported", source, str(report.incident["title"]))
    block = {**kept.block, "actions": report.actions}
    return Kept(kept.name, kept.incident, block, kept.files, kept.rows, kept.text)


def asked(thing: Any) -> Entry:
    """The entry that a Timeline, a build's folder or a Markdown file would be, without keeping it."""
    path = None if hasattr(thing, "incident") else Path(thing)
    if path is not None and path.is_file():
        kept = imported(read_report(path.read_text(encoding="utf-8", errors="replace"), path.name))
    else:
        kept = built(thing)
    incident, block = kept.incident, kept.block
    said = vocabulary(
        str(incident.get("title") or ""), str(incident.get("summary") or ""), kept.text, ours=block["origin"] == "built"
    )
    return Entry(
        "", str(incident.get("title") or block["title"]), block["day"], block["origin"], incident.get("severity"), incident["lifecycle"],
        incident["durations"], incident["impact"], block["signature"], block["actions"], said,
    )  # fmt: skip


def markdown_files(path: Path) -> list[Path]:
    """A file itself; of a folder the Markdown in it that is dated or tells of times, indexes and templates left out."""
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in MARKDOWN and file.is_file())
    return [
        file
        for file in files
        if file.stem.lower() not in ("readme", "index", "template", "_index", "contributing", "license")
    ]


def _kept(
    incident: dict[str, Any], rows: list[dict[str, Any]], text: str, origin: str, source: str, heading: str
) -> Kept:
    life = incident.get("lifecycle") or {}
    at = next((life[mark]["at"] for mark in BEGINNINGS if (life.get(mark) or {}).get("at")), None)
    day = at[:10] if at else None
    title = str(incident.get("title") or heading or "incident")
    items = [item for item in action_items.actions("postmortem.md", lines(text), None) if BLANK not in item["what"]]
    items = [{**item, "owner": "" if BLANK in item["owner"] else item["owner"]} for item in items]
    block = {
        "id": "", "origin": origin, "source": source, "title": title, "day": day,
        "signature": signature(incident, rows, text), "actions": items,
    }  # fmt: skip
    name = slug(f"{day or 'undated'}-{bare(title)}")
    return Kept(name, incident, block, {"postmortem.md": text.encode(), "timeline.parquet": _parquet(rows)}, rows, text)


def _key(incident: dict[str, Any]) -> str:
    """What a build is known again by: the names of its sources."""
    return ", ".join(sorted(str(row.get("source")) for row in incident.get("ledger") or []))[:200]


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(table_of(rows), out, compression="zstd")
    return out.getvalue()


def _read_rows(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    from postmortem_timeline.rows import frame_of, rows_of

    return rows_of(frame_of(pq.read_table(path))) if path.is_file() else []
