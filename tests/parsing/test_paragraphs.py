"""Records of several lines: where they begin and end, and what lies between them."""

from __future__ import annotations

import pytest

from postmortem_timeline.errors import FormatError
from postmortem_timeline.formats.declaration import declare
from postmortem_timeline.ingest.detect import detect
from postmortem_timeline.parsing import paragraphs
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Text, split_lines

JOB = {
    "name": "job", "group": "generic", "kind": "log", "engine": "paragraphs",
    "match": {"starts": ["at {_}", "by {_}"]},
    "layouts": {"full": "at {place}\nby {actor}\n{body}", "short": "by {actor}\n{body}"},
}  # fmt: skip
FORMAT = declare(JOB, "job.toml")


def read(text: str) -> list[tuple[int, int, str]]:
    """First row, rows taken and body of each record."""
    lines = split_lines(Text.of(text.encode()))
    found = []
    for batch in paragraphs.parse(FORMAT, lines, SourceContext()):
        bodies = batch.arrow("body").to_pylist()
        found += list(zip(batch.rows.tolist(), batch.extent.tolist(), bodies, strict=True))
    return sorted(found)


@pytest.mark.parametrize("text", ["one\ntwo\n", "at home\n", "at home\nby me\n", ""])
def test_what_no_layout_fits_is_no_record(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "records"),
    [
        pytest.param("by me\none\ntwo\n", [(0, 3, "one\ntwo")], id="one record"),
        pytest.param("at home\nby me\none\n", [(0, 3, "one")], id="a later shape goes on"),
        pytest.param("by me\none\nby you\ntwo\n", [(0, 2, "one"), (2, 2, "two")], id="a later shape by itself"),
        pytest.param("by me\none\nat home\nby me\ntwo\n", [(0, 2, "one"), (2, 3, "two")], id="an earlier shape begins anew"),
        pytest.param("by me\none\n\ntwo\n\n\n", [(0, 4, "one\n\ntwo")], id="blank lines inside, not at the end"),
        pytest.param("lost\nby me\none\n", [(1, 2, "one")], id="what comes before the first is nobody's"),
    ],
)  # fmt: skip
def test_records_run_up_to_the_next(text, records):
    assert read(text) == records


def test_lines_that_others_have_taken_end_a_record():
    lines = split_lines(Text.of(b"by me\none\nother's\ntwo\n")).take([0, 1, 3])
    (batch,) = paragraphs.parse(FORMAT, lines, SourceContext())
    assert (batch.extent.tolist(), batch.arrow("body").to_pylist()) == ([2], ["one"])


@pytest.mark.parametrize(
    "change", [{"match": {"starts": []}}, {"engine": "dissect"}], ids=["no starts", "an engine without starts"]
)
def test_a_format_says_how_records_begin_where_it_must(change):
    with pytest.raises(FormatError, match="starts"):
        declare({**JOB, **change}, "job.toml")


def test_another_format_keeps_its_lines_between_records_that_take_in_all():
    slow = b"# Time: 2025-07-15T15:42:03.4Z\n# User@Host: shop[shop] @  [10.0.4.11]  Id:  7\n"
    slow += b"# Query_time: 5.1  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 10\nSET timestamp=1752594118;\nSELECT 1;\n"
    web = b'{"ts": "2025-07-15T15:42:03.619Z", "level": "info", "msg": "ok"}\n'
    plan = detect((slow + web) * 9, "mixed.log")
    assert plan.name == "json_lines+mysql_slow"
