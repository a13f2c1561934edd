"""What layouts share is walked once, and each still fits what it would fit alone."""

from __future__ import annotations

import pytest

from postmortem_timeline.parsing.branches import branches, match_all
from postmortem_timeline.parsing.dissect import compile_layout
from postmortem_timeline.parsing.text import Text, split_lines
from postmortem_timeline.parsing.timestamps import Dating


def found(texts: list[str], lines: list[str]) -> dict[str, list[int]]:
    layouts = [compile_layout(text, text, {}, {}) for text in texts]
    matches = match_all(branches(layouts), split_lines(Text.of("\n".join(lines).encode())), Dating())
    return {match.layout.name: match.rows.tolist() for match in matches}


@pytest.mark.parametrize(
    ("short", "long", "lines"),
    [
        ("job {id} done", "job {id} done in {took}", ["job 7 done", "job 8 done in 5 ms"]),
        ("job {id:4}", "job {id:4} of {all}", ["job 0007", "job 0007 of 9"]),
        ("job done", "job done{>}{rest}", ["job done", "job done  late"]),
        ("job", "job{>}", ["job", "job  "]),
    ],
    ids=["it ends in a literal", "it ends in a fixed width", "it is a literal", "blanks follow"],
)
def test_a_layout_that_begins_a_later_one_takes_no_line_of_it(short, long, lines):
    assert found([short, long], lines) == {short: [0], long: [1]}


def test_a_line_belongs_to_the_first_layout_that_fits() -> None:
    assert found(["a {x}", "a {x} b {y}"], ["a 1", "a 1 b 2", "c"]) == {"a {x}": [0, 1]}
