"""Copies: each dropped exactly once; what only looks alike stays."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pandas as pd
import pytest

from postmortem_timeline import api
from tests.ingest import families


def log(first: int, last: int, host: str = "") -> bytes:
    """Access records [first, last), each unlike the others."""
    return "".join(families.access(i).replace("/items", f"/items{host}") + "\n" for i in range(first, last)).encode()


def beats(first: int, last: int, each: int = 1) -> bytes:
    """Heartbeats: the same line several times a second."""
    lines = (
        f"2025-07-15 {families.clock(i // each)},000 - health - INFO - checked all connections, ok\n"
        for i in range(first, last)
    )
    return "".join(lines).encode()


def written(folder: Path, files: dict[str, bytes]) -> pd.DataFrame:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return api.read(str(folder))


def copied(frame: pd.DataFrame) -> dict[str, int]:
    counts = frame[frame["copy_of"].notna()]["source"].astype(str).value_counts()
    return dict(sorted(counts.items()))


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.log": log(0, 50) + log(40, 60)}, id="lines that one file holds twice"),
        pytest.param({"a.log": log(0, 50), "b.log": log(50, 90)}, id="one file after the other"),
        pytest.param({"a.log": log(0, 50), "b.log": log(0, 50, "x")}, id="the same seconds, other lines"),
        pytest.param(
            {"web-1/a.log": log(0, 30) + log(30, 60, "x"), "web-2/a.log": log(0, 30) + log(30, 60, "y")},
            id="two that begin alike",
        ),
        pytest.param({"web-1/h.log": beats(0, 50), "web-2/h.log": beats(0, 50)}, id="heartbeats of two hosts"),
        pytest.param(
            {"web-1/h.log": beats(0, 50), "web-2/h.log": beats(20, 50)},
            id="heartbeats of two hosts, one starting later",
        ),
        pytest.param({"a.log": log(0, 40), "b.log": log(20, 25) + log(60, 70)}, id="a few lines alike, then others"),
        pytest.param({"h.log.1": beats(0, 95, 50), "h.log": beats(60, 170, 50)}, id="one line said over and over"),
        pytest.param(
            {"h.log.1": beats(0, 60, 60), "h.log": beats(0, 1, 1) + log(900, 950)},
            id="a line that is said often, once more",
        ),
        pytest.param(
            {"a.log": b"2025-07-15 17:00:00 up\n", "b.log": b"2025-07-15 17:00:00 up\n"}, id="too short to know"
        ),
    ],
)
def test_is_no_copy(files: dict[str, bytes], tmp_path: Path) -> None:
    assert copied(written(tmp_path, files)) == {}


@pytest.mark.parametrize(
    ("files", "copies"),
    [
        pytest.param({"a.log.1": log(0, 60), "a.log": log(45, 90)}, {"a.log": 15}, id="rotated and current overlap"),
        pytest.param(
            {"a.log.1.gz": gzip.compress(log(0, 60)), "a.log": log(45, 90)}, {"a.log": 15}, id="the rotated one packed"
        ),
        pytest.param(
            {"a.log.1.gz": gzip.compress(log(0, 60)), "a.log": log(59, 90)}, {"a.log": 1}, id="by a single line"
        ),
        pytest.param({"a.log": log(0, 60), "b.log": log(0, 60)}, {"b.log": 60}, id="one file under two names"),
        pytest.param(
            {"web-1/a.log": log(0, 60), "web-2/a.log": log(0, 60)},
            {"web-2/a.log": 60},
            id="in the folders of two hosts",
        ),
        pytest.param(
            {"a.log": log(0, 60), "a.log.gz": gzip.compress(log(0, 60))}, {"a.log.gz": 60}, id="plain and packed"
        ),
        pytest.param(
            {"a.log": log(0, 60), "b.log": log(0, 60).rstrip(b"\n")}, {"b.log": 60}, id="one without its last newline"
        ),
        pytest.param(
            {"a.log": log(0, 60), "a.log.part": log(0, 30)}, {"a.log.part": 30}, id="a download that broke off"
        ),
        pytest.param(
            {"a.log.gz": gzip.compress(log(0, 400)), "a.log": log(0, 390)},
            {"a.log": 390},
            id="a plain one that broke off, larger than the packed whole",
        ),
        pytest.param(
            {"a": log(0, 60), "b": log(40, 100), "c": log(80, 140)}, {"b": 20, "c": 20}, id="a chain of three"
        ),
        pytest.param(
            {"a": log(0, 60), "b": log(40, 100), "c": log(50, 140)},
            {"b": 20, "c": 50},
            id="three that hold the same lines",
        ),
        pytest.param(
            {"a": log(0, 60), "b": log(0, 60), "c": log(0, 60)}, {"b": 60, "c": 60}, id="three times the same"
        ),
        pytest.param(
            {"a": log(0, 200), "b": log(50, 70), "c": log(60, 100)}, {"b": 20, "c": 40}, id="parts of a whole"
        ),
        pytest.param(
            {"h.log.1": beats(0, 90, 30), "h.log": beats(50, 150, 30)},
            {"h.log": 40},
            id="where lines recur within a second",
        ),
        pytest.param(
            {"h.log.1": beats(0, 130, 50), "h.log": beats(60, 170, 50)},
            {"h.log": 70},
            id="where the overlap begins in a second that recurs",
        ),
    ],
)
def test_each_copy_is_dropped_once(files: dict[str, bytes], copies: dict[str, int], tmp_path: Path) -> None:
    frame = written(tmp_path, files)
    assert copied(frame) == copies
    ledger = {row["source"]: row for row in frame.attrs["ledger"]}
    assert {name: row["copies"] for name, row in ledger.items() if row["copies"]} == copies


def test_a_copy_names_its_twin(tmp_path: Path) -> None:
    frame = written(tmp_path, {"a.log.1": log(0, 60), "a.log": log(45, 90)})
    twins = frame[frame["copy_of"].notna()]
    assert list(twins["copy_of"]) == [f"a.log.1:{46 + i}" for i in range(15)]
    bodies = {f"{r.source}:{r.line}": r.stamp for r in frame.itertuples()}
    assert all(bodies[row.copy_of] == row.stamp for row in twins.itertuples())


def test_a_line_that_breaks_off_is_a_copy_of_the_whole_line(tmp_path: Path) -> None:
    lines = "".join(families.python_log(i) + f" {i * 7919}\n" for i in range(60)).encode()
    frame = written(tmp_path, {"a.log": lines, "a.log.part": lines[: len(lines) // 2]})
    part = frame[frame["source"] == "a.log.part"]
    assert part["copy_of"].notna().all()


def test_the_second_line_of_a_file_may_be_its_first_record(tmp_path: Path) -> None:
    frame = written(tmp_path, {"a.log.1": log(0, 60), "a.log": b"# rotated\n" + log(45, 90)})
    assert copied(frame) == {"a.log": 15}


def test_a_document_under_two_names(tmp_path: Path) -> None:
    alerts = Path("fixtures/oauth_token_expired/exports/alertmanager.json").read_bytes()
    frame = written(tmp_path, {"alertmanager.json": alerts, "again/alertmanager.json": alerts})
    again = frame[frame["copy_of"].notna()]
    assert len(again) * 2 == len(frame) > 0
    assert {c.split(":")[0] for c in again["copy_of"]} == {"again/alertmanager.json"}


def test_overlaps_of_many_sources(tmp_path: Path) -> None:
    chance = random.Random(3)
    files, expected = {}, {}
    for n in range(12):
        overlap = chance.randrange(1, 20)
        files[f"app-{n}/app.log.1"] = log(0, 60, f"{n}x")
        files[f"app-{n}/app.log"] = log(60 - overlap, 90, f"{n}x")
        expected[f"app-{n}/app.log"] = overlap
    assert copied(written(tmp_path, files)) == dict(sorted(expected.items()))


def test_overlaps_beyond_what_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postmortem_timeline.ingest.alignment.AHEAD", 500)
    monkeypatch.setattr("postmortem_timeline.ingest.blocks.CHUNK", 300)
    frame = written(tmp_path, {"a.log.1": log(0, 300), "a.log": log(200, 400)})
    assert copied(frame) == {"a.log": 100}
