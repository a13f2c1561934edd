"""Whole runs: what the ledger says of what went wrong, and what a run must bear."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from postmortem_timeline import api
from postmortem_timeline.ingest import scan as scan_module
from tests.ingest import families
from tests.ingest.scanning import assert_conserved, read

LINES = "".join(families.python_log(i) + "\n" for i in range(40))
ALERTS = Path("fixtures/oauth_token_expired/exports/alertmanager.json").read_bytes()


def row(path: Path, name: str) -> dict[str, object]:
    return next(r for r in api.inspect(str(path)).rows if r["source"] == name)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        pytest.param(b"", "empty", id="an empty file"),
        pytest.param(b"\x7fELF" + bytes(range(256)) * 20, "binary", id="a program"),
        pytest.param(b"\x1f\x8b\x08\x00", "broken after 0 bytes", id="a gzip of nothing"),
        pytest.param(b"\n\n\n", "blank", id="blank lines"),
        pytest.param(b"prose\nmore prose\n", "no line holds a time", id="prose"),
    ],
)
def test_what_gives_no_records_is_a_row_with_its_reason(data: bytes, note: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    found = row(tmp_path, "x")
    assert found["records"] == 0
    assert note in str(found["notes"])


@pytest.mark.parametrize(
    ("name", "data", "records"),
    [
        pytest.param("app.log.gz", gzip.compress(LINES.encode())[:-30], None, id="a log"),
        pytest.param("app.log.gz", gzip.compress(LINES.encode()) + b"garbage", 40, id="garbage behind a log"),
        pytest.param("alertmanager.json.gz", gzip.compress(ALERTS)[:-8] + b"\0" * 8, None, id="a document"),
    ],
)
def test_the_ledger_says_where_a_file_broke(name: str, data: bytes, records: int | None, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    found = row(tmp_path, name)
    assert "broken after" in str(found["notes"])
    assert isinstance(found["records"], int) and found["records"] > 0
    assert records is None or found["records"] == records


def test_bad_bytes_are_counted(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_bytes(LINES.encode().replace(b"run 7", b"r\xffn\xfe7") + "größer\n".encode())
    assert "2 bad bytes replaced" in str(row(tmp_path, "app.log")["notes"])


@pytest.mark.parametrize("count", [499, 501])
def test_an_odd_count_is_no_doubt(count: int, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("".join(families.log4j(i) + "\n" for i in range(count)))
    assert "limit" not in str(row(tmp_path, "a.log")["notes"])


def test_a_round_count_is_a_doubt(tmp_path: Path) -> None:
    assert 500 in scan_module.ROUND
    (tmp_path / "a.log").write_text("".join(families.log4j(i) + "\n" for i in range(500)))
    assert "exactly 500 records" in str(row(tmp_path, "a.log")["notes"])


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LINES.encode()))))
    frame = api.read("-")
    assert (len(frame), set(frame["source"].astype(str))) == (40, {"-"})


HOSTILE = [
    "\ud800",
    "\x00",
    "=cmd()",
    "<script>",
    "x" * 100_000,
    10**40,
    -(10**40),
    1e308,
    [],
    {},
    None,
    True,
    "0001-01-01T00:00:00Z",
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: repr(v)[:20])
def test_documents_of_hostile_values(value: object, tmp_path: Path) -> None:
    alerts = json.loads(ALERTS)
    bad = alerts[0]
    for key in list(bad):
        (tmp_path / f"{key}.json").write_text(json.dumps([{**bad, key: value}, *alerts[1:3]]))
    frame = api.read(str(tmp_path))
    assert len(frame) >= 2


def test_formats_of_hostile_values_in_a_table(tmp_path: Path) -> None:
    rows = ['2025-07-15T17:00:00Z,=1+1,"\x00",\ud7ff', "2025-07-15T17:00:00Z,a,b,c", "2025-07-15T17:00:00Z" + "," * 3]
    got = read(("timestamp,level,service,message\n" + "\n".join(rows) + "\n").encode())
    assert_conserved(got)
    assert got.entry.records == 3


SCRIPT = """
import resource, sys
from postmortem_timeline.ingest.gather import gather
from postmortem_timeline.ingest.discover import Workspace
from postmortem_timeline.ingest.scan import tasks
with Workspace() as workspace:
    found = gather(sys.argv[1], workspace, threads=1)
    [source] = found.surveyed
    entry = found.entries[source.name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for task in tasks(source, None, entry):
        entry.add(task().block.entry)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(entry.records, entry.events, entry.unparsed, entry.lines, grown)
"""


def test_a_line_of_50_mb_is_one_event_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    with path.open("wb") as out:
        out.write(LINES.encode())
        out.write(families.python_log(50).encode() + b" ")
        for _ in range(50):
            out.write(b"x" * (1 << 20))
        out.write(b"\n" + families.python_log(51).encode() + b"\n")
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=True, cwd="."
    )
    records, events, unparsed, lines, memory = map(int, said.stdout.split())
    assert (records, events, unparsed, lines) == (42, 42, 0, 42)
    assert memory < 500 * 1024  # KiB
