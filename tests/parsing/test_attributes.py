from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from postmortem_timeline.parsing.attributes import join_attributes
from postmortem_timeline.parsing.batch import Spans
from postmortem_timeline.parsing.text import Text


def column(values: list[str | None]) -> Spans:
    raw = [(v or "").encode() for v in values]
    ends = np.cumsum([len(r) for r in raw])
    starts = ends - np.array([len(r) for r in raw])
    valid = np.array([v is not None for v in values])
    return Spans(Text.of(b"".join(raw)), starts, ends, None if valid.all() else valid)


def test_nothing_is_null() -> None:
    assert join_attributes({"a": column([None, None])}).array.to_pylist() == [None, None]


def test_null_fields_are_left_out() -> None:
    joined = join_attributes({"a": column(["1", None]), "b": column([None, "2"])}).array.to_pylist()
    assert joined == ['{"a": "1"}', '{"b": "2"}']


TEXTS = st.lists(
    st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=12)), min_size=1, max_size=6
)


@given(first=TEXTS, name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5))
def test_always_valid_json(first: list[str | None], name: str) -> None:
    joined = join_attributes({name: column(first), "z": column(["x"] * len(first))}).array.to_pylist()
    for value, text in zip(first, joined, strict=True):
        said = json.loads(text)
        if name == "z":
            continue
        assert (name in said) == (value is not None)
        if value is not None and value.isprintable():
            assert said[name] == value
