from __future__ import annotations

import pytest

from postmortem_timeline.ingest.around import WIDE, around

LINE = '203.0.113.9 - - [15/Jul/2025:17:42:{:02d} +0000] "GET /a{} HTTP/1.1" 200 5 "-" "curl/8.5"'


@pytest.fixture
def exports(tmp_path):
    (tmp_path / "access.log").write_text("".join(LINE.format(at, at) + "\n" for at in range(10)), encoding="utf-8")
    (tmp_path / "alerts.json").write_text(
        '[{"labels": {"alertname": "A"}, "startsAt": "2025-07-15T17:42:00Z", "endsAt": "2025-07-15T17:50:00Z",'
        ' "fingerprint": "1", "status": {"state": "active"}, "annotations": {}}]',
        encoding="utf-8",
    )
    return tmp_path


def quoted(*citations, text="one line"):
    return {citation: {"text": text} for citation in citations}


def test_an_element_of_a_document_and_a_source_that_is_gone_have_none(exports):
    assert around(quoted("alerts.json:1", "gone.log:3"), str(exports)) == {}


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [(1, [], [1, 2, 3]), (5, [1, 2, 3], [5, 6, 7]), (10, [6, 7, 8], [])],
    ids=["the first line", "in the middle", "the last line"],
)
def test_three_lines_on_either_side_as_far_as_there_are_any(exports, line, before, after):
    found = around(quoted(f"access.log:{line}"), str(exports))[f"access.log:{line}"]
    assert found == {"before": [LINE.format(at, at) for at in before], "after": [LINE.format(at, at) for at in after]}


def test_a_record_of_several_lines_is_passed_over_whole(exports):
    found = around(quoted("access.log:4", text="one\ntwo"), str(exports), lines=1)["access.log:4"]
    assert found == {"before": [LINE.format(2, 2)], "after": [LINE.format(5, 5)]}


def test_a_very_long_line_is_cut(exports):
    with (exports / "access.log").open("a", encoding="utf-8") as out:
        out.write(LINE.format(10, "x" * 5000) + "\n")
    assert len(around(quoted("access.log:10"), str(exports))["access.log:10"]["after"][0]) == WIDE + 1
