"""What a product's values mean: `words` and `last_part` of a column."""

from __future__ import annotations

import json
from typing import Any

import pytest

from postmortem_timeline.formats.declaration import declare
from postmortem_timeline.ingest import engines
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Text, split_lines


def column(name: str, spec: dict[str, Any], *records: dict[str, Any], **more: Any) -> list[Any]:
    fmt = declare(
        {
            "name": "x", "group": "cloud", "kind": "log", "engine": "jsonl", "match": {"required": ["time"]},
            "columns": {"timestamp": {"field": "time"}, name: spec, **more},
        },
        "x.toml",
    )  # fmt: skip
    text = "\n".join(json.dumps({"time": "2025-07-15T15:42:03Z"} | record) for record in records)
    [batch] = engines.parse(fmt, split_lines(Text.of(text.encode())), SourceContext())
    return [value or None for value in batch.arrow(name).to_pylist()]


def test_a_value_without_a_word_stays_unless_there_is_one_for_all_others() -> None:
    assert column("action", {"field": "a", "words": {"S": "started"}}, {"a": "S"}, {"a": "T"}) == ["started", "T"]
    assert column("action", {"field": "a", "words": {"S": "started", "*": ""}}, {"a": "S"}, {"a": "T"}) == [
        "started",
        None,
    ]


def test_nothing_said_is_the_columns_value() -> None:
    spec = {"field": "errorCode", "value": "succeeded", "words": {"*": "failed"}}
    assert column("action", spec, {}, {"errorCode": "AccessDenied"}) == ["succeeded", "failed"]


def test_truth_is_told_as_json_writes_it() -> None:
    assert column("kind", {"field": "ro", "words": {"false": "change", "*": ""}}, {"ro": False}, {"ro": True}) == [
        "change",
        "log",
    ]


def test_a_kind_without_a_word_is_found_as_ever() -> None:
    spec = {"field": "n", "words": {"audit": "change", "*": ""}}
    found = column(
        "kind",
        spec,
        {"n": "audit"},
        {"n": "x", "s": 503, "p": "/x"},
        status_code={"field": "s"},
        endpoint={"field": "p", "decode": "http_path"},
    )
    assert found == ["change", "request"]


@pytest.mark.parametrize(
    "value, part",
    [("arn:aws:ecs:eu:1:service/shop/auth", "auth"), ("/aws/lambda/x/", "x"), ("AUTH", "auth"), ("a.b", "a.b")],
)
def test_the_last_part_of_a_name(value: str, part: str) -> None:
    assert column("service", {"field": "v", "decode": "last_part"}, {"v": value}) == [part]


def test_a_code_may_end_in_its_severity() -> None:
    assert column("severity_text", {"field": "v", "decode": "last_letter"}, {"v": "T1000W"}) == ["W"]
