"""The records of JSON documents: where each lies, and what it looks like on a line of its own."""

from __future__ import annotations

import json

import pytest

from postmortem_timeline.parsing.jsondoc import key_paths
from postmortem_timeline.parsing.listing import Listing, Record, lists_of


def records(listing: Listing, text: str) -> list[Record]:
    return list(listing.records(text.encode()))


def values(listing: Listing, text: str) -> list[object]:
    return [json.loads(record.text) for record in records(listing, text)]


def test_what_lies_beside_the_list_is_no_record() -> None:
    assert values(Listing(("events",)), '{"a": 1, "events": [{"b": 2}], "c": [{"d": 3}]}') == [{"b": 2}]


def test_each_record_has_its_own_line_and_ordinal() -> None:
    text = '{"Records": [{"a": 1}, {"a": 2},\n {"a":\n 3}]}'
    assert [(r.line, r.ordinal) for r in records(Listing(("Records",)), text)] == [(1, 0), (1, 1), (2, 0)]
    assert [text[r.span[0] : r.span[1]] for r in records(Listing(("Records",)), text)][2] == '{"a":\n 3}'


def test_a_record_of_several_lines_becomes_one_line() -> None:
    [record] = records(Listing(), '{\n  "a": "x y",\n  "b": [1,\n 2]\n}\n')
    assert b"\n" not in record.text and json.loads(record.text) == {"a": "x y", "b": [1, 2]}


def test_lists_within_lists_share_lines_and_ordinals_go_on() -> None:
    text = '{"r": [{"s": {"k": 1}, "v": [["1", "a"]]}, {"s": {"k": 2}, "v": [["2", "b"], ["3", "c", 9]]}]}'
    listing = Listing(("r[].v",), (("labels", "s"),), ("time", "line"))
    found = records(listing, text)
    assert [r.ordinal for r in found] == [0, 1, 2]
    assert json.loads(found[2].text) == {"labels": {"k": 2}, "time": "3", "line": "c"}


def test_three_lists_deep_the_outermost_holder_is_inherited() -> None:
    text = '{"a": [{"who": "x", "b": [{"c": [{"n": 1}]}, {"c": [{"n": 2}]}]}]}'
    assert values(Listing(("a[].b[].c",), (("who", "who"),)), text) == [{"who": "x", "n": 1}, {"who": "x", "n": 2}]


def test_pairs_of_name_and_value_are_an_object() -> None:
    listing = Listing(("results",), pairs=("field", "value"))
    assert values(listing, '{"results": [[{"field": "@message", "value": "x"}]]}') == [{"@message": "x"}]


def test_rows_are_named_by_the_columns_beside_them() -> None:
    listing = Listing(("tables[].rows",), header="columns")
    text = '{"tables": [{"columns": [{"name": "t"}, {"name": "n"}], "rows": [["x", 1], ["y", 2]]}]}'
    assert values(listing, text) == [{"t": "x", "n": 1}, {"t": "y", "n": 2}]


def test_a_text_in_a_list_is_the_line_itself() -> None:
    assert [record.text for record in records(Listing(), '["a b", "c\\nd"]')] == [b"a b", b"c d"]


def test_what_is_cut_off_is_given_as_it_stands() -> None:
    *whole, last = records(Listing(("Records",)), '{"Records": [{"a": 1}, {"a": 2}, {"a"')
    assert [record.text for record in whole] == [b'{"a": 1}', b'{"a": 2}']
    assert last.text == b'{"a"'


@pytest.mark.parametrize(
    "rest",
    [
        '"nextToken": "x"', '"@odata.nextLink": "https://x"', '"metadata": {"continue": "x"}', '"timed_out": true',
        '"meta": {"page": {"after": "x"}}',
    ],
)  # fmt: skip
def test_one_page_of_several_is_noted(rest: str) -> None:
    notes: list[str] = []
    list(Listing(("e",)).records(f'{{"e": [{{}}], {rest}}}'.encode(), lambda code, _: notes.append(code)))
    assert notes == ["more_pages"]


@pytest.mark.parametrize(
    "rest", ['"nextToken": ""', '"nextForwardToken": "x"', '"has_more": false', '"nextToken": null']
)
def test_a_last_page_is_not(rest: str) -> None:
    notes: list[str] = []
    list(Listing(("e",)).records(f'{{"e": [{{}}], {rest}}}'.encode(), lambda code, _: notes.append(code)))
    assert notes == []


def test_a_listing_needs_its_list_and_what_it_inherits() -> None:
    listing = Listing(("data.result[].values",), (("labels", "stream"),))
    assert listing.fits(key_paths(b'{"data": {"result": [{"stream": {"a": "b"}, "values": [["1", "x"]]}]}}'))
    assert not listing.fits(key_paths(b'{"data": {"result": [{"metric": {}, "values": [[1, "2"]]}]}}'))


def test_lists_are_found_outside_of_lists_the_outermost_first() -> None:
    keys = key_paths(b'{"hits": {"total": 1, "hits": [{"_source": {"tags": [{"x": 1}]}}]}, "z": [{"a": 1}], "n": [1]}')
    assert [listing.lists for listing in lists_of(keys)] == [("z",), ("hits.hits",)]
