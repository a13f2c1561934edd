"""What a build leaves in its folder, and what is read back from there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem_timeline.annotations import Annotations, find
from postmortem_timeline.annotations import load as load_annotations
from postmortem_timeline.building import Built
from postmortem_timeline.errors import NothingReadable
from postmortem_timeline.relabelling import relabelled
from postmortem_timeline.rows import csv_of, frame_of, table_of

if TYPE_CHECKING:
    from postmortem_timeline.timeline import Timeline

MARK = "<!-- generated text ends here; sha256 "


def save(timeline: Timeline, directory: Path) -> None:
    """Write all files of a timeline."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    directory.mkdir(parents=True, exist_ok=True)
    told = timeline._document()
    rows = told.rows
    pq.write_table(table_of(rows), directory / "timeline.parquet")
    (directory / "timeline.csv").write_text(csv_of(rows), encoding="utf-8")
    (directory / "incident.json").write_text(
        json.dumps(told.incident, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    quotes = [
        {"citation": c, "timestamp": q.timestamp, "text": q.text, "said": q.said}
        for c, q in sorted(told.quotes.items())
    ]
    schema = pa.schema(
        [("citation", pa.string()), ("timestamp", pa.string()), ("text", pa.string()), ("said", pa.string())]
    )
    pq.write_table(pa.Table.from_pylist(quotes, schema), directory / "evidence.parquet")
    (directory / "report.html").write_text(timeline.to_html(), encoding="utf-8")
    _write_postmortem(directory, timeline.to_markdown())


def _write_postmortem(directory: Path, text: str) -> None:
    """A postmortem that nobody edited is replaced; one that somebody did is kept, the fresh text beside it."""
    signed = sign(text)
    target = directory / "postmortem.md"
    if target.exists() and not untouched(target.read_text(encoding="utf-8")):
        (directory / "postmortem.generated.md").write_text(signed, encoding="utf-8")
        return
    target.write_text(signed, encoding="utf-8")
    (directory / "postmortem.generated.md").unlink(missing_ok=True)


def sign(text: str) -> str:
    """The text with a last line by which an edit can be told."""
    body = text.rstrip("\n") + "\n"
    return f"{body}\n{MARK}{hashlib.sha256(body.encode()).hexdigest()} -->\n"


def untouched(text: str) -> bool:
    """Whether a postmortem is as it was generated; other line ends, as an editor or git may write them, are no edit."""
    body, found, rest = text.replace("\r\n", "\n").rpartition(f"\n{MARK}")
    return bool(found) and rest.rstrip("\n") == f"{hashlib.sha256(body.encode()).hexdigest()} -->"


def load(directory: Path) -> tuple[Built, Annotations]:
    """What `save` wrote, relabelled by the folder's incident.toml. Raises NothingReadable where it is not complete."""
    import pandas as pd
    import pyarrow.parquet as pq

    for name in ("incident.json", "timeline.parquet", "evidence.parquet"):
        if not (directory / name).is_file():
            raise NothingReadable(f"{directory / name} is missing; `pmt build PATH -o {directory}` writes it")
    known = find(str(directory))
    said = load_annotations(Path(known)) if known else Annotations()
    incident = json.loads((directory / "incident.json").read_text(encoding="utf-8"))
    frame = frame_of(pq.read_table(directory / "timeline.parquet"))
    quotes = {row.pop("citation"): row for row in pq.read_table(directory / "evidence.parquet").to_pylist()}
    if known:  # a file elsewhere that a build was given is not forgotten
        incident, frame = relabelled(incident, frame, said)
    windows = _windows(incident, pd)
    shifts = {
        c["source"]: round((c["zone_offset_seconds"] + c["clock_offset_seconds"]) * 1e9)
        for c in incident["clocks"]
        if c.get("applied")
    }
    return Built(incident, frame, windows, quotes, shifts), said


def _windows(incident: dict[str, Any], pd: Any) -> Any:
    from postmortem_timeline.times import parse_ns

    rows = [
        {**w, "start_ns": parse_ns(w["start"]), "end_ns": parse_ns(w["end"])}
        for w in incident["impact"]["window_details"]
    ]
    return pd.DataFrame(rows, columns=["start_ns", "end_ns", "kind", "services", "open_start", "open_end"])
