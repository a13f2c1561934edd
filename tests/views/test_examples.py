"""Masks are filled in from the first record, or stay dots."""

from __future__ import annotations

import json

import pytest

from postmortem_timeline.views.examples import example, with_examples

LINE = "[2016-12-19 16:36:55] ERROR [fetch-0-1], Error for partition [offsets,34] to broker 1: not leader (log.Fetch)"


@pytest.mark.parametrize(
    ("summary", "record", "expected"),
    [
        pytest.param(
            "new error in a: [<*>], Error for partition [offsets,<*>] to broker <*>: not leader (x4)", LINE,
            "new error in a: [fetch-0-1], Error for partition [offsets,34] to broker 1: not leader (x4)", id="tightest",
        ),
        pytest.param("new error in a: <*> broke", "12:00 ERROR job-7 broke", "new error in a: job-7 broke", id="leads"),
        pytest.param("start in a: took <*> (and 3 more lines)", "12:00 took 5 ms",
                     "start in a: took 5 ms (and 3 more lines)", id="ends"),
        pytest.param("new error in a: user <*> left", "something else", "new error in a: user … left", id="no fit"),
        pytest.param("new error in a: mail to <*> bounced", "mail to jo@shop.example bounced",
                     "new error in a: mail to [email redacted] bounced", id="private"),
        pytest.param("requests to a begin to fail", LINE, "requests to a begin to fail", id="no pattern"),
    ],
)  # fmt: skip
def test_example(summary: str, record: str, expected: str) -> None:
    assert example(summary, record) == expected


def test_a_wrapped_message_is_found() -> None:
    record = "2023,pod," + json.dumps({"log": json.dumps({"msg": 'said "x" 7 times', "level": "error"})}).replace(
        '"', '""'
    )
    assert example('new error in a: said "<*>" <*> times', record) == 'new error in a: said "x" 7 times'


def test_the_fault_of_a_traceback_is_filled_too() -> None:
    record = "12:00 ERROR GET /cart/9 failed\nTraceback (most recent call last):\n  File x\nValueError: bad id 9"
    assert example("new error in a: GET <*> failed | ValueError: bad id <*> (x2)", record) == (
        "new error in a: GET /cart/9 failed | ValueError: bad id 9 (x2)"
    )


def test_a_message_that_says_little_gets_the_fault_of_its_record() -> None:
    record = json.dumps({"event": "request failed", "level": "error", "exception": "Traceback\n  x\nTypeError: no"})
    assert example("new error in a: request failed", record) == "new error in a: request failed | TypeError: no"


def test_each_row_by_the_first_record_that_it_cites() -> None:
    rows = [
        {"summary": "new error in a: lost <*>", "citations": ["b.log:2", "b.log:9"]},
        {"summary": "x", "citations": []},
    ]
    quotes = {"b.log:9": {"text": "lost 9"}, "b.log:2": {"text": "lost 2"}}
    assert [row["summary"] for row in with_examples(rows, quotes)] == ["new error in a: lost 2", "x"]
