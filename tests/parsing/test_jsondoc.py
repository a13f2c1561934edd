"""Elements of JSON documents, their lines, and what is left of damaged ones."""

from __future__ import annotations

import json

import pytest

from postmortem_timeline.parsing.jsondoc import BROKEN, DOCUMENT, REST, elements, key_paths


def walked(text: str, *arrays: str) -> list[tuple[object, int, int, str]]:
    return [(e.value, e.line, e.ordinal, e.path) for e in elements(text.encode(), arrays)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("\ufeff \n\n", []),
        ("[]", []),
        ("[1,\n2, 3]", [(1, 1, 0, ""), (2, 2, 0, ""), (3, 2, 1, "")]),
        ("\ufeff\r\n[\r\n1\r\n]\r\n", [(1, 3, 0, "")]),
        ("1\n2", [(1, 1, 0, DOCUMENT), (2, 2, 0, DOCUMENT)]),
        ('{"a": 1}\n{"a": 2}', [({"a": 1}, 1, 0, DOCUMENT), ({"a": 2}, 2, 0, DOCUMENT)]),
        ('{"a": 1}{"a": 2}', [({"a": 1}, 1, 0, DOCUMENT), ({"a": 2}, 1, 1, DOCUMENT)]),
        ('{"x": [1, 2], "y": 3}', [(1, 1, 0, "x"), (2, 1, 1, "x"), ({"y": 3}, 1, 0, REST)]),
        ('{"x": null, "y": [3]}', [({"x": None, "y": [3]}, 1, 0, DOCUMENT)]),
        ('{"d":\n{"r":\n[\n7]}, "s": 1}', [(7, 4, 0, "d.r"), ({"d": {}, "s": 1}, 1, 0, REST)]),
        ('{"d": {"r": 5}}', [({"d": {"r": 5}}, 1, 0, DOCUMENT)]),
        ('[{"s": "a\\n\nb"}, 1]', [({"s": "a\n\nb"}, 1, 0, ""), (1, 2, 0, "")]),
        ('\x1e{"a": 1}\n\x1e{"a": 2}\n', [({"a": 1}, 1, 0, DOCUMENT), ({"a": 2}, 2, 0, DOCUMENT)]),
    ],
    ids=[
        "nothing", "only blanks", "an empty array", "two on a line", "mark and carriage returns", "bare values",
        "a line each",
        "one after another", "a named array and the rest", "the name holds no array", "a path", "the path ends early",
        "a raw newline in a string", "record separators",
    ],
)  # fmt: skip
def test_elements(text: str, found: list[tuple[object, int, int, str]]) -> None:
    assert walked(text, "x", "d.r") == found


@pytest.mark.parametrize(
    ("text", "values", "where"),
    [
        ('[1,\n2,\n{"a": ', [1, 2, '{"a":'], "line 3 (byte 7)"),
        ("[1, 2", [1, 2], "line 1 (byte 5)"),
        ('{"é": 1}\n{"a": tru\n{"a": 3}', [{"é": 1}, '{"a": tru', {"a": 3}], "line 2 (byte 10)"),
        ('[\n{"a": 1},\n{"a": oops},\n{"a": 3}\n]\n', [{"a": 1}, '{"a": oops},', {"a": 3}], "line 3 (byte 12)"),
        ("[" * 100_000, ["[" * 200], "line 1 (byte 1)"),
    ],
    ids=["in an element", "without a bracket", "a damaged line among lines", "a damaged item on its line", "too deep"],
)
def test_what_is_damaged_ends_nothing_else(text: str, values: list[object], where: str) -> None:
    notes: list[tuple[str, str]] = []
    found = list(elements(text.encode(), ("x",), lambda *note: notes.append(note)))
    assert [e.value for e in found] == values
    assert [e.path == BROKEN for e in found] == [isinstance(value, str) for value in values]
    assert notes == [("broken_json", f"the JSON breaks at {where}")]


def test_many_breaks_are_one_note_and_a_broken_element_each() -> None:
    notes: list[tuple[str, str]] = []
    found = list(elements(b'{"a":\n' * 1000, (), lambda *note: notes.append(note)))
    assert [e.line for e in found] == list(range(1, 1001))
    assert notes == [("broken_json", "the JSON breaks at line 1 (byte 0) and at 999 further places")]


def test_items_within_an_element_have_their_own_lines() -> None:
    text = json.dumps([{"u": [1, 2]}, {"u": [3]}], indent=1).encode()
    assert [[(i.value, i.line) for i in e.within("u")] for e in elements(text)] == [[(1, 4), (2, 5)], [(3, 10)]]


@pytest.mark.parametrize(
    ("head", "keys"),
    [
        (b'[{"a": {"b": [{"c": 1}]}, "d', {"[].a", "[].a.b", "[].a.b[].c"}),
        (b'\xef\xbb\xbf {"a": "x\\"y\\": {"}\n{"b": 1}', {"a", "b"}),
        (b"2025-07-15 {a: 1}", set()),
    ],
    ids=["cut in a key", "documents, quotes inside strings", "no JSON"],
)
def test_key_paths(head: bytes, keys: set[str]) -> None:
    assert key_paths(head) == keys


def test_members_of_an_inner_object_have_lines_of_their_own() -> None:
    [whole] = elements(b'{"x": [1], "a": {"skipped": 1, "b": {\n"k": {"v": 1},\n"l": [2]}}, "b": {"m": 3}}')
    assert [(name, e.value, e.line) for name, e in whole.entries("a.b")] == [("k", {"v": 1}, 2), ("l", [2], 3)]
    assert [name for name, _ in whole.entries("b")] == ["m"]
    assert list(whole.entries("x")) == list(whole.entries("none")) == []
