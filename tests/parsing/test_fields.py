"""Columns of records that come as named fields."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from postmortem_timeline.formats.declaration import declare
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.fields import build

TRACE = "68a0973055f69d47c37a302904760f2a"


def column(name: str, spec: dict[str, Any], *records: dict[str, Any]) -> list[Any]:
    said = {"name": "x", "group": "app", "kind": "log", "engine": "jsonl", "match": {"required": ["a"]}}
    fmt = declare({**said, "columns": {name: spec}}, "x.toml")

    def get(path: str) -> list[Any]:
        return [record.get(path) for record in records]

    return build(fmt, np.arange(len(records)), get, SourceContext()).arrow(name).to_pylist()


@pytest.mark.parametrize(
    "text",
    [TRACE, f"projects/shop/traces/{TRACE}", f"00-{TRACE}-981020bf73495078-01"],
    ids=["bare", "a resource name", "a traceparent"],
)
def test_a_trace_is_its_id(text):
    assert column("trace_id", {"field": "t"}, {"t": text}) == [TRACE]


@pytest.mark.parametrize("text", ["req-addc1839", "Root=1-67891233-abcdef012345678912345678", "00-zz"])
def test_other_ids_stay_as_they_are(text):
    assert column("trace_id", {"field": "t"}, {"t": text}) == [text]


def test_a_value_stands_in_where_a_record_says_nothing():
    said, silent = {"l": "Error"}, {}
    assert column("severity_number", {"field": "l", "value": "Information"}, said, silent) == [17, 9]
    assert column("service", {"field": "l", "value": "auth"}, said, silent) == ["Error", "auth"]
    assert column("status_code", {"value": "504"}, said) == [504]
    assert column("service", {"value": "auth"}, silent) == ["auth"]


def test_alternatives_count_in_units_of_their_own():
    spec = {"field": ["s", "us"], "unit": ["s", "us"]}
    assert column("duration_ms", spec, {"s": 0.012}, {"us": 12500}, {"s": "1.5s"}, {"us": "x"}) == [
        12.0,
        12.5,
        1500.0,
        None,
    ]


def test_of_alternatives_what_says_nothing_does_not_count():
    spec = {"field": ["forwarded", "peer"], "null": ["-", ""]}
    said = [{"forwarded": "-", "peer": "10.0.3.17:51822"}, {"forwarded": "203.0.113.9", "peer": "10.0.3.17"}, {"forwarded": ""}]
    assert column("client", spec, *said) == ["10.0.3.17", "203.0.113.9", None]


def test_a_code_of_grpc_is_a_status():
    spec = {"field": ["status", "grpc.code"]}
    assert column("status_code", spec, {"status": 404}, {"grpc.code": "Unavailable"}, {"grpc.code": "well"}) == [404, 503, None]
