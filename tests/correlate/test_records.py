"""Notables as plain records."""

from __future__ import annotations

import pandas as pd

from postmortem_timeline.correlate.records import flat, records
from tests.correlate.story import chat, notables, page


def test_rows_without_time_and_copies_are_left_out() -> None:
    timeless = {**chat("10:00:00", "jo", "a"), "timestamp": None}
    copy = {**chat("10:00:00", "jo", "b"), "copy_of": "a.json:1"}
    assert records(notables(timeless, copy)) == [] and records(notables()) == []


def test_a_bot_is_no_person_whatever_it_is_called() -> None:
    rows = [
        chat("10:00:00", "Deploy Robot", "x", bot=True), {**chat("10:00:01", "PagerDuty", "x"), "attributes": None},
        chat("10:00:02", "", "x"), {**chat("10:00:03", "jo", "x"), "action": "join"}, page("10:00:04", "triggered"),
    ]  # fmt: skip
    assert not any(record.human for record in records(notables(*rows)))


def test_people_are() -> None:
    assert all(
        record.human for record in records(notables(chat("10:00:00", "jo", "x"), page("10:00:01", "acknowledged")))
    )


def test_categories_and_missing_columns_are_fine() -> None:
    frame = (
        notables(chat("10:00:00", "jo", "x"))
        .drop(columns=["host", "copy_of"])
        .astype({"kind": "category", "actor": "category"})
    )
    (record,) = records(frame)
    assert (record.actor, record.host, record.citation) == ("jo", None, "chat.json:1")


def test_order_is_time_then_place() -> None:
    frame = notables(chat("10:00:01", "jo", "b"), chat("10:00:00", "jo", "a", line=9))
    assert [record.body for record in records(frame)] == ["a", "b"]


def test_attributes_that_are_no_object_are_none() -> None:
    assert flat(None) == flat("") == flat("[1]") == flat("{broken") == {} and flat(pd.NA is None) == {}
    assert flat('{"a": {"b": [1, true, null, " "]}}') == {"a.b.0": "1", "a.b.1": "true"}
