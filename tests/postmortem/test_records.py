from __future__ import annotations

from postmortem_timeline.postmortem import model
from postmortem_timeline.postmortem.records import Records


def told(case):
    return model.document(case["incident"], case["rows"], case["quotes"])


def test_what_nobody_cited_has_no_number(case):
    assert Records(told(case)).numbers(["gone.log:1"]) == []


def test_each_citation_has_one_number_and_rows_come_first(case):
    records = Records(told(case))
    assert sorted(records.number.values()) == list(range(len(records.number)))
    first = case["rows"][0]["citations"][0]
    assert records.number[first] == 0 and records.row_of[first] == 0


def test_a_record_without_a_row_is_a_further_one(case):
    case["quotes"]["only/quoted.log:7"] = {"text": "behind a suspect", "timestamp": None}
    further = Records(told(case)).further()
    assert ("only/quoted.log:7",) in [record.places for record in further]
    assert not {place for record in further for place in record.places} & set(Records(told(case)).row_of)


def test_lines_around_are_numbered_through_a_record_of_several(case):
    case["quotes"]["a.log:10"] = {"text": "first\n  second", "timestamp": None}
    case["incident"]["context"] = {"a.log:10": {"before": ["before"], "after": ["after"]}}
    (record,) = Records(told(case)).of(["a.log:10"])
    assert [(line.number, line.text, line.own) for line in record.around] == [
        (9, "before", False), (10, "first", True), (11, "  second", True), (12, "after", False),
    ]  # fmt: skip


def test_lines_around_are_redacted_like_everything_else(case):
    place = case["rows"][0]["citations"][0]
    case["incident"]["context"] = {place: {"before": ["password=hunter2-and-more from 203.0.113.77"], "after": []}}
    (record,) = Records(told(case)).of([place])
    assert "203.0.113.77" not in record.around[0].text and "hunter2" not in record.around[0].text
