"""What a build leaves in its folder, and what is read back from there."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem_timeline.annotations import Annotations, find
from postmortem_timeline.annotations import load as load_annotations
from postmortem_timeline.building import Built
from postmortem_timeline.digest.shift import Shift
from postmortem_timeline.errors import NothingReadable
from postmortem_timeline.ingest.inputs import inputs
from postmortem_timeline.postmortem.blocks import Block, marked
from postmortem_timeline.postmortem.refresh import refreshed
from postmortem_timeline.redact import seal
from postmortem_timeline.relabelling import relabelled
from postmortem_timeline.rows import csv_of, frame_of, table_of

if TYPE_CHECKING:
    from postmortem_timeline.timeline import Timeline

# How the first versions signed the whole text; a file so signed and not edited since is ours to replace.
SIGNED = "<!-- generated text ends here; sha256 "
OFFER = "postmortem.generated.md"


def save(timeline: Timeline, directory: Path, *, redact: bool = True, exports: Sequence[str] = ()) -> None:
    """Write all files of a timeline, or none where a known name would leave with one of them (Leak)."""
    from postmortem_timeline.postmortem import html, markdown
    from postmortem_timeline.postmortem.exports import EXPORTS

    _index_inputs(timeline)
    told = timeline._document(redact=redact)
    quotes = _quotes(told.quotes)
    made = markdown.blocks(told)
    texts = {
        "incident.json": json.dumps(told.incident, indent=2, ensure_ascii=False) + "\n",
        "timeline.csv": csv_of(told.rows),
        "report.html": html.render(told),
        **{name: write(told) for name, write in (EXPORTS[kind] for kind in exports)},
    }
    for text in (*texts.values(), json.dumps([told.rows, quotes], ensure_ascii=False)):
        seal(re.sub(r"\\[nrt]", " ", text), told.known, spare=told.spare)  # "\nDana" in JSON is a word of its own
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    _write_tables(directory, told.rows, quotes)
    _write_postmortem(directory, made)


def _index_inputs(timeline: Timeline) -> None:
    """The inputs' hashes join the incident where it was built from files; a loaded one knows them already."""
    if timeline._evidence is None or hasattr(timeline._evidence, "columns"):
        return
    found = inputs(timeline._evidence, [row["source"] for row in timeline.incident["ledger"]])
    if found:
        timeline.incident["inputs"] = found


def _quotes(quotes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"citation": c, "timestamp": q.timestamp, "text": q.text, "said": q.said} for c, q in sorted(quotes.items())
    ]


def _write_tables(directory: Path, rows: list[dict[str, Any]], quotes: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = ("citation", "timestamp", "text", "said")
    pq.write_table(table_of(rows), directory / "timeline.parquet")
    pq.write_table(
        pa.Table.from_pylist(quotes, pa.schema([(name, pa.string()) for name in columns])), directory / "evidence.parquet"
    )


def _write_postmortem(directory: Path, made: Sequence[Block]) -> None:
    """What is generated is renewed, what people wrote stays; where there is other text for a part of theirs, all of
    the fresh document lies beside."""
    target, beside = directory / "postmortem.md", directory / OFFER
    fresh = marked(made)
    old = _read(target)
    if old is None and target.exists():  # not text that we can read: theirs
        beside.write_text(fresh, encoding="utf-8")
        return
    if old is None or untouched(old):
        target.write_text(fresh, encoding="utf-8")
        beside.unlink(missing_ok=True)
        return
    now = refreshed(old, made)
    if now:
        target.write_bytes((now.text if now.text == fresh else _as_written(now.text, old)).encode())
    if now is None or now.theirs:
        beside.write_text(fresh, encoding="utf-8")
    else:
        beside.unlink(missing_ok=True)


def _as_written(text: str, old: str) -> str:
    """Line ends and a byte order mark as somebody's editor left them."""
    ends = text.replace("\n", "\r\n") if "\r\n" in old else text
    return "\ufeff" * old.startswith("\ufeff") + ends


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def untouched(text: str) -> bool:
    """Whether a postmortem of the first versions is as it was generated; other line ends are no edit."""
    body, found, rest = text.replace("\r\n", "\n").rpartition(f"\n{SIGNED}")
    return bool(found) and rest.rstrip("\n") == f"{hashlib.sha256(body.encode()).hexdigest()} -->"


def load(directory: Path) -> tuple[Built, Annotations]:
    """What `save` wrote, relabelled by the folder's incident.toml. Raises NothingReadable where it is not complete."""
    import pandas as pd
    import pyarrow.parquet as pq

    from postmortem_timeline.times import parse_ns

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
        c["source"]: Shift(
            round((c["zone_offset_seconds"] + c["clock_offset_seconds"]) * 1e9),
            c.get("drift_seconds_per_hour") or 0.0,
            parse_ns(c["drift_at"]) if c.get("drift_at") else 0,
        )
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
