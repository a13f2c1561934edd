"""The same bytes on any number of threads, in blocks of any size, in any process; from files and from a frame."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

import postmortem_timeline as pt
from postmortem_timeline import digesting, reading
from postmortem_timeline.ingest import scan
from tests.soup import EXPORTS, ROOT, name_of, write_soup

ONLY_FILES_TELL = ("format", "confidence", "lines", "records", "continuation", "blank", "structure", "notes")
SOME = {name_of(path): path for path in EXPORTS}
HARD = (  # copies, skews, wrapped records, tracebacks, months without a year, no incident at all
    "oauth_token_expired", "lab_bad_deploy", "calm_day_with_unrelated_alerts",
    "customers_notice_a_flapping_service_first", "connection_pool_exhausted",
)  # fmt: skip


@pytest.fixture(scope="module")
def soup(tmp_path_factory):
    return write_soup(tmp_path_factory.mktemp("soup"))


def written(exports: Path, folder: Path, threads: int) -> dict[str, bytes]:
    """All files that a build writes."""
    pt.build_timeline(exports, threads=threads).save(folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def in_blocks(monkeypatch, size: int) -> None:
    monkeypatch.setattr(digesting, "tasks", partial(scan.tasks, size=size))
    monkeypatch.setattr(reading, "BLOCK", size)


def test_threads_and_blocks_change_no_byte(tmp_path, monkeypatch):
    exports = SOME["connection_pool_exhausted"]
    expected = written(exports, tmp_path / "whole", 1)
    assert {"incident.json", "timeline.parquet", "timeline.csv", "postmortem.md", "report.html"} <= set(expected)
    assert written(exports, tmp_path / "four", 4) == expected
    in_blocks(monkeypatch, 20_011)
    assert written(exports, tmp_path / "small", 2) == expected


def test_damaged_records_and_blocks_change_no_byte(soup, tmp_path, monkeypatch):
    expected = written(soup, tmp_path / "whole", 2)
    in_blocks(monkeypatch, 1_009)
    assert written(soup, tmp_path / "small", 4) == expected


def test_blocks_change_nothing_in_the_frame(soup, monkeypatch):
    expected = pt.read(soup, threads=1)
    for size in (500, 4_001):
        in_blocks(monkeypatch, size)
        pd.testing.assert_frame_equal(pt.read(soup, threads=2), expected)


def test_hash_seeds_change_no_byte(soup, tmp_path):
    code = "import sys, postmortem_timeline as pt; pt.build_timeline(sys.argv[1]).save(sys.argv[2])"
    exports = SOME["bad_deploy_rolled_back"]
    outputs = []
    for seed in ("1", "4242"):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", code, str(exports), str(folder)],
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        outputs.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert outputs[0] == outputs[1]


def told(timeline: pt.Timeline) -> dict:
    """The incident without what only files can tell."""
    incident = json.loads(timeline.to_json())
    for row in incident["ledger"]:
        for name in ONLY_FILES_TELL:
            del row[name]
    incident["ledger"] = [row for row in incident["ledger"] if row["events"]]
    incident.pop("context", None)  # the lines around what is cited
    return {"incident": incident, "rows": timeline.rows}


@pytest.mark.parametrize("name", HARD)
def test_a_frame_tells_what_its_files_tell(name):
    exports = SOME[name]
    from_files = told(pt.build_timeline(exports))
    events = pt.read(exports)
    assert told(pt.build_timeline(events)) == from_files


def test_a_frame_that_went_through_parquet_tells_the_same(tmp_path):
    events = pt.read(SOME["gateways_go_dark"])
    events.to_parquet(tmp_path / "events.parquet")
    again = pd.read_parquet(tmp_path / "events.parquet")
    assert told(pt.build_timeline(again)) == told(pt.build_timeline(events))


def test_damaged_records_tell_the_same(soup):
    assert told(pt.build_timeline(pt.read(soup))) == told(pt.build_timeline(soup))


def test_the_order_of_rows_does_not_matter():
    events = pt.read(SOME["gateways_go_dark"])
    shuffled = events.sample(frac=1, random_state=3)
    assert told(pt.build_timeline(shuffled)) == told(pt.build_timeline(events))


def test_stamps_inside_wrapped_records_tell_the_zone_of_the_wrapper_from_a_frame_too(soup):
    events = pt.read(soup)
    wrapped = events[events.source == "pods/cart_0.log"]
    assert wrapped.attributes.str.contains('"wrapper_offset_seconds": -7200').all()
    evidence = [pt.api.build_timeline(given).incident["clocks"] for given in (soup, events)]
    assert evidence[0] == evidence[1]
