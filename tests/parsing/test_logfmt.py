from __future__ import annotations

import pytest

from postmortem_timeline.parsing import logfmt
from postmortem_timeline.parsing.text import Text, split_lines


def pairs(line: str) -> list[dict[str, str]]:
    return logfmt.decode_lines(split_lines(Text.of(line.encode())))[1]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="blank"),
        pytest.param("just words", id="no pair"),
        pytest.param("a=1", id="a single pair"),
        pytest.param("the config was a=1 b=2", id="words before"),
        pytest.param("a=1 b=2 and then words", id="words behind"),
        pytest.param("a=1 words in between b=2", id="words between"),
        pytest.param('a=1 b="half', id="a quote that does not close"),
        pytest.param("a=1 b=2 } garbage", id="garbage"),
        pytest.param("/path?a=1&b=2 200", id="a request"),
    ],
)
def test_is_no_record(line: str) -> None:
    assert pairs(line) == []


@pytest.mark.parametrize(
    ("line", "record"),
    [
        pytest.param("a=1 b=2", {"a": "1", "b": "2"}, id="plain"),
        pytest.param('a="x \\"y\\" z" b=', {"a": 'x "y" z', "b": ""}, id="quoted and empty"),
        pytest.param('a="1\\n2" b="\\\\t"', {"a": "1\n2", "b": "\\t"}, id="escapes"),
        pytest.param("  a=1   b=2\t", {"a": "1", "b": "2"}, id="more blanks"),
        pytest.param("url=/x?y=1&z=2 code=200", {"url": "/x?y=1&z=2", "code": "200"}, id="equals signs in a value"),
        pytest.param('msg="größer" k=ü', {"msg": "größer", "k": "ü"}, id="not ASCII"),
    ],
)
def test_pairs(line: str, record: dict[str, str]) -> None:
    assert pairs(line) == [record]
