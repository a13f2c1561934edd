"""A faulty format file is refused with where, what, and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from postmortem_timeline.errors import FormatError
from postmortem_timeline.formats import declaration
from postmortem_timeline.formats.declaration import declare, load
from postmortem_timeline.parsing.decode import UNIT_MS
from postmortem_timeline.parsing.objects import TYPES
from postmortem_timeline.parsing.stamp_moves import MOVES

GOOD: dict[str, Any] = {
    "name": "acme", "group": "app", "kind": "log", "engine": "dissect", "layouts": {"line": "{timestamp} {body}"},
    "columns": {"timestamp": {"field": "timestamp", "format": "%Y-%m-%d %H:%M:%S"}},
    "samples": [{"why": "a line", "text": "2025-07-15 17:42:03 hello\n"}],
}  # fmt: skip
TIME = {"field": "timestamp", "format": "%Y"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"layout": {}}, 'key: "layout" is not known; is "layouts" meant?'),
        ({"name": None}, "name is missing; a format says its name, group, kind and engine"),
        ({"engine": "regex"}, 'engine: "regex" is not known; known are dissect, jsonl, logfmt'),
        ({"kind": "logs"}, 'kind: "logs" is not known; is "log" meant?'),
        ({"group": "zzz"}, 'group: "zzz" is not known; known are access, alert'),
        ({"stamp": "begin"}, 'stamp: "begin" is not known; known are start, end'),
        ({"tier": "edges"}, 'tier: "edges" is not known; is "edge" meant?'),
        ({"wraps": "message"}, 'wraps: "message" is not known'),
        ({"continues": ["indent"]}, 'continues: "indent" is not known; is "indented" meant?'),
        ({"zone": "Berlin"}, 'zone: "Berlin" is no zone; give an IANA name such as Europe/Berlin, or an offset'),
        ({"layouts": None}, "engine dissect has no [layouts]; add one"),
        ({"engine": "jsonl"}, "engine jsonl takes no [layouts]"),
        ({"engine": "jsonl", "layouts": None}, "engine jsonl has no [match]; say which fields a record must have"),
        ({"layouts": {"line": "{a}{b}"}}, 'layout "line": nothing ends the field "a"; put a literal after it'),
        ({"layouts": {"line": "{a:integer} {b}"}}, 'layout "line": field "a:integer" has an unknown kind; known are'),
        ({"columns": {"time": TIME}}, '[columns]: "time" is not known'),
        ({"columns": {"timestamp": {**TIME, "formats": "%Y"}}}, '[columns] timestamp: "formats" is not known'),
        ({"columns": {"timestamp": {}}}, "[columns] timestamp: says no source; give a field, or a value"),
        ({"columns": {"timestamp": {**TIME, "format": "%Q"}}}, 'directive "%Q" is not known; see CONTRIBUTING.md'),
        ({"columns": {"timestamp": {**TIME, "field": "ts"}}}, 'no layout has a field "ts"; name one that a layout has'),
        ({"columns": {"body": {**TIME, "field": "body"}}}, "[columns] body: only timestamp has a format"),
        ({"columns": {"duration_ms": {"field": "body", "unit": "sec"}}}, 'duration_ms: unit: "sec" is not known'),
        ({"columns": {"duration_ms": {"field": "body", "unit": ["s", "ms"]}}}, "2 units; give one for all fields"),
        ({"columns": {"endpoint": {"field": "body", "decode": "http"}}}, 'endpoint: decode: "http" is not known'),
        ({"severity": {"BAD": 99}}, "[severity] BAD: 99 is no OpenTelemetry number; give 1 to 24, or 0 for unknown"),
        ({"match": {"require": ["a"]}}, '[match]: "require" is not known; is "required" meant?'),
        ({"match": {"types": {"a": "integer"}}}, '[match] types: a: "integer" is not known'),
        ({"name": "a>b"}, 'name: "a>b" is none; letters, digits and _ make one'),
        ({"names": "*.log"}, "key names: is '*.log'; give a list"),
        ({"layouts": {"line": 7}}, "[layouts] line: is 7; give a text"),
        ({"layouts": "{body}"}, "key layouts: is '{body}'; give a table"),
        ({"columns": {"body": "message"}}, "[columns] body: is 'message'; write { field = "),
        ({"columns": {"body": {"field": 3}}}, "[columns] body: field: is 3; give a text or a list"),
        ({"match": {"any": ["a"]}}, "[match] any: is ['a']; give a list of lists"),
        ({"match": {"required": "time"}}, "[match] required: is 'time'; give a list"),
        ({"samples": [{"text": "x"}]}, "sample 1: why is missing; a sample says why it is there, and its text"),
        ({"samples": [{"why": "x", "text": " "}]}, "sample 1: text is missing"),
        ({"samples": [{"why": "x", "text": "x", "event": ""}]}, 'sample 1: "event" is not known; is "events" meant?'),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_a_fault_is_named_with_what_to_do(changed, message):
    data = {key: value for key, value in {**GOOD, **changed}.items() if value is not None}
    with pytest.raises(FormatError) as raised:
        declare(data, "acme.toml")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name = ", "acme.toml: not valid TOML: "),
        (b'name = "\xff"', "acme.toml: not UTF-8 at byte 8; save it as UTF-8"),
        (b'names = "*.log"', "acme.toml: name is missing"),
    ],
    ids=["cut off", "Latin-1", "a part is missing"],
)
def test_the_message_names_the_file(tmp_path: Path, content: bytes, message: str):
    (tmp_path / "acme.toml").write_bytes(content)
    with pytest.raises(FormatError) as raised:
        load(tmp_path / "acme.toml")
    assert str(raised.value).startswith(message)


def test_a_good_file_says_what_it_says():
    fmt = declare(GOOD, "acme.toml")
    assert (fmt.name, fmt.stamp, fmt.path, fmt.title) == ("acme", "end", "acme.toml", "acme")
    assert [(str(sample), sample.why, sample.unwrap) for sample in fmt.samples] == [("acme[0]", "a line", False)]


def test_zones_and_units_that_are_meant_pass():
    units = {"field": ["body", "timestamp"], "unit": ["s", "us"]}
    fmt = declare({**GOOD, "zone": "+05:30", "columns": {**GOOD["columns"], "duration_ms": units}}, "acme.toml")
    assert (fmt.zone, fmt.columns["duration_ms"].unit("timestamp")) == ("+05:30", "us")


def test_every_key_that_a_file_may_have_is_described():
    page = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    said = set(re.findall(r"[\w.%-]+", page.partition("### What a format")[2].partition("## Formats of your own")[0]))
    known = {*declaration.KEYS, *declaration.COLUMN_KEYS, *declaration.MATCH_KEYS, *declaration.DOCUMENT_KEYS,
             *declaration.SAMPLE_KEYS, *declaration.ENGINES, *declaration.DECODERS, *declaration.CONTINUES, *TYPES,
             *UNIT_MS, *(f"%{move}" for move in MOVES)} - {"µs", "time", "blanks"}  # fmt: skip
    assert known - said == set()
