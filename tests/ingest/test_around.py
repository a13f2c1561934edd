from __future__ import annotations

import pandas as pd
import pytest

from postmortem_timeline.ingest.around import LARGEST, WIDE, around
from postmortem_timeline.ingest.discover import Workspace, discover
from postmortem_timeline.ingest.survey import survey
from postmortem_timeline.quoting import quotes

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


def surveyed(exports, name):
    with Workspace() as workspace:
        return next(survey(source) for source in discover(str(exports), workspace) if source.name == name)


def test_an_element_of_a_document_and_a_source_that_is_gone_have_none(exports):
    assert around(surveyed(exports, "alerts.json"), quoted("alerts.json:1")) == {}
    found, context = quotes(["alerts.json:1", "gone.log:3"], str(exports), pd.DataFrame())
    assert list(found) == ["alerts.json:1"] and context == {}


def test_a_source_that_is_too_large_is_not_read_again(exports):
    with (exports / "access.log").open("ab") as out:
        out.truncate(LARGEST + 1)
    assert around(surveyed(exports, "access.log"), quoted("access.log:5")) == {}


def test_one_pass_quotes_and_surrounds_by_source_and_citation(exports, monkeypatch):
    (exports / "b.log").write_bytes((exports / "access.log").read_bytes().replace(b"GET", b"PUT"))
    walks = []
    monkeypatch.setattr("postmortem_timeline.quoting.discover", lambda *given: walks.append(1) or discover(*given))
    found, context = quotes(["b.log:2", "access.log:9", "access.log:10"], str(exports), pd.DataFrame())
    assert set(found) == set(context) and len(walks) == 1
    assert list(context) == ["access.log:10", "access.log:9", "b.log:2"]


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [(1, [], [1, 2, 3]), (5, [1, 2, 3], [5, 6, 7]), (10, [6, 7, 8], [])],
    ids=["the first line", "in the middle", "the last line"],
)
def test_three_lines_on_either_side_as_far_as_there_are_any(exports, line, before, after):
    found = around(surveyed(exports, "access.log"), quoted(f"access.log:{line}"))[f"access.log:{line}"]
    assert found == {"before": [LINE.format(at, at) for at in before], "after": [LINE.format(at, at) for at in after]}


def test_a_record_of_several_lines_is_passed_over_whole(exports):
    found = around(surveyed(exports, "access.log"), quoted("access.log:4", text="one\ntwo"), lines=1)["access.log:4"]
    assert found == {"before": [LINE.format(2, 2)], "after": [LINE.format(5, 5)]}


def test_a_very_long_line_is_cut(exports):
    with (exports / "access.log").open("a", encoding="utf-8") as out:
        out.write(LINE.format(10, "x" * 5000) + "\n")
    found = around(surveyed(exports, "access.log"), quoted("access.log:10"))
    assert len(found["access.log:10"]["after"][0]) == WIDE + 1
