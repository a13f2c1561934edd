from __future__ import annotations

import json

import pytest

from postmortem_timeline.formats import registry
from postmortem_timeline.ingest.events import to_table
from postmortem_timeline.parsing import jsonl, objects
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Text, split_lines
from tests.ingest.families import json_line
from tests.ingest.scanning import assert_conserved, read

FORMAT = next(f for f in registry.declared() if f.name == "json_lines")


@pytest.mark.parametrize(
    "line",
    ["", "{", "}", "[1]", "null", '"text"', "{'a': 1}", '{"a": 1} trailing', '{"a": 1', "{" * 5000, "\x00", "é"],
    ids=lambda line: line[:12],
)
def test_is_no_object(line: str) -> None:
    rows, objects = jsonl.decode_lines(split_lines(Text.of(line.encode())))
    assert (len(rows), objects) == (0, [])


def test_what_programs_write_that_is_no_json_quite() -> None:
    lines = [
        '{"time": "2025-07-15T17:00:00Z", "msg": "a", "ratio": NaN}',
        '{"time": "2025-07-15T17:00:01Z", "msg": "b", "x": -Infinity}',
    ]
    got = read("\n".join([json_line(1)] * 20 + lines).encode())
    assert got.entry.records == 22


HOSTILE = [
    {"time": 99999999999999999999, "msg": "x", "level": "info"},
    {"time": -1, "msg": "x", "level": "info"},
    {"time": 1e300, "msg": {"a": [1]}, "level": 10**400},
    {"time": True, "msg": None, "level": None},
    {"time": {"a": 1}, "msg": ["x"], "level": {"b": 2}},
    {"time": "2025-07-15T17:00:00Z", "msg": "x", "status": 10**30, "duration_ms": 10**400, "level": []},
    {"time": "2025-07-15T17:00:00Z", "msg": "x", "status": "2oo", "duration": "1.2.3s", "level": 30.5},
    {"time": "0001-01-01T00:00:00Z", "msg": "never", "level": "info"},
    {"time": "9999-12-31T23:59:59Z", "msg": "for ever", "level": "info"},
    {"time": "2025-02-31T25:61:61Z", "msg": "no such day", "level": "info"},
    {"time": "2025-07-15T17:00:00Z", "msg": "\ud800 lone", "level": "info"},
    {"time": "2025-07-15T17:00:00Z", "msg": "nul \u0000 in it", "level": "info"},
    {"time": "2025-07-15T17:00:00Z", "msg": "x" * 300_000, "level": "info"},
    {"": "", "time": "2025-07-15T17:00:00Z", "msg": "", "level": ""},
]


@pytest.mark.parametrize("record", HOSTILE, ids=lambda r: json.dumps(r)[:50])
def test_hostile_values_raise_nothing_and_lose_nothing(record: dict[str, object]) -> None:
    data = "\n".join([json_line(i) for i in range(30)] + [json.dumps(record)]) + "\n"
    got = read(data.encode())
    assert_conserved(got, data.encode())
    assert len(got.events) == 31


def test_a_dotted_name_is_a_key_first_and_a_path_then() -> None:
    assert objects.lookup({"a.b": 1, "a": {"b": 2}}, "a.b") == 1
    assert objects.lookup({"a": {"b": 2}}, "a.b") == 2
    assert objects.lookup({"a": [{"b": 3}]}, "a.0.b") == 3
    assert objects.lookup({"a": 1}, "a.b") is None


def test_what_no_column_takes_is_among_the_attributes() -> None:
    lines = split_lines(
        Text.of(b'{"time": "2025-07-15T17:00:00Z", "msg": "x", "level": "warn", "shard": 3, "deep": {"a": [1, null]}}')
    )
    [batch] = jsonl.parse(FORMAT, lines, SourceContext())
    batch.line = batch.rows + 1
    [row] = to_table(batch, "a").select(["body", "severity_number", "attributes"]).to_pylist()
    assert (row["body"], row["severity_number"]) == ("x", 13)
    assert json.loads(row["attributes"]) == {"shard": 3, "deep": {"a": [1, None]}}


def test_two_fields_may_make_one_time() -> None:
    assert objects.joined({"date": "2025-07-15", "time": "15:42:03"}, "date+time") == "2025-07-15 15:42:03"
    assert objects.joined({"date": "2025-07-15", "time": "-"}, "date+time") is None
    assert objects.joined({"date+time": "x"}, "date+time") == "x"
