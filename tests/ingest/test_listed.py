"""JSON documents with lists of records are read as if each record stood on a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from postmortem_timeline import read
from postmortem_timeline.ingest.detect import detect
from postmortem_timeline.ingest.quote import quote_records
from postmortem_timeline.ingest.source import Source
from postmortem_timeline.ingest.survey import survey
from postmortem_timeline.parsing.listing import Listing

RECORDS = [{"timestamp": f"2025-07-15T15:42:0{i}Z", "level": "error", "message": f"step {i}"} for i in range(5)]


@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "indented"])
@pytest.mark.parametrize(
    "wrap", ["{}", '{{"logs": {}}}', '{{"a": {{"b": {}}}, "n": 5}}'], ids=["array", "named", "deeper"]
)
def test_any_list_reads_as_its_lines_do(tmp_path: Path, wrap: str, indent: int | None) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    (tmp_path / "b.json").write_text(wrap.format(json.dumps(RECORDS, indent=indent)))
    columns = ["timestamp", "severity_number", "body", "format"]
    lines, document = read(tmp_path / "a.jsonl"), read(tmp_path / "b.json")
    assert lines[columns].equals(document[columns])


def test_json_lines_stay_lines() -> None:
    plan = detect(
        "".join(
            json.dumps(record | {"parts": [{"time": "2025-07-15T15:42:03Z"}]}) + "\n" for record in RECORDS
        ).encode(),
        "x",
    )
    assert plan.export is None and plan.name == "winston"


def test_one_record_with_a_list_in_it_is_one_record() -> None:
    assert detect(json.dumps(RECORDS[0] | {"parts": [{"a": 1}, {"a": 2}]}).encode(), "x").export is None


def test_objects_indented_one_after_another_are_records(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("\n".join(json.dumps(record, indent=1) for record in RECORDS))
    assert read(path).line.tolist() == [1, 6, 11, 16, 21]


def test_a_document_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"Records": RECORDS})[:-40])
    events = read(path)
    assert events.format.tolist() == ["winston"] * 4 + ["unparsed"]


def test_a_list_of_lines_is_read_by_the_format_of_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([f"2025-07-15 15:42:03,{i:03d} - auth.token - ERROR - step {i}" for i in range(9)]))
    assert set(read(path).format) == {"python_logging"}


def test_a_record_is_quoted_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"Records": RECORDS}))
    found = survey(Source("x.json", path))
    assert isinstance(found.plan.export, Listing)
    assert quote_records(found, {(1, 2)}, 40) == {(1, 2): [json.dumps(RECORDS[2])]}


def test_a_document_without_times_is_left_alone() -> None:
    plan = detect(
        b'{"dependencies": [{"name": "left-pad", "version": "1.3.0"}, {"name": "x", "version": "2.0.0"}]}', "x"
    )
    assert plan.export is None and not plan.formats
