from __future__ import annotations

import numpy as np
import pytest

from postmortem_timeline.formats import registry
from postmortem_timeline.ingest.block import parse_block
from postmortem_timeline.ingest.detect import detect
from postmortem_timeline.parsing import w3c
from postmortem_timeline.parsing.cells import split
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Text, split_lines

IIS = next(f for f in registry.declared() if f.name == "iis_w3c")
SOFTWARE = "#Software: Microsoft Internet Information Services 10.0\n"
FIELDS = "#Fields: date time cs-method cs-uri-stem sc-status\n"
ROW = "2025-07-15 15:42:03 GET /cart 200\n"


def read(text: str, header: tuple[str, ...] = ()) -> list[tuple[int, list[tuple[str, str]]]]:
    """Each record's row with its cells by name."""
    lines = split_lines(Text.of(text.encode()))
    found = []
    for head, grid, _ in w3c.grids(IIS, lines, SourceContext(header=header)):
        for row, start, end in zip(grid.rows.tolist(), grid.start, grid.end, strict=True):
            cells = [lines.text.slice(a, b).decode() for a, b in zip(start.tolist(), end.tolist(), strict=True)]
            found.append((row, list(zip(head.names, cells, strict=True))))
    return sorted(found)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SOFTWARE + FIELDS + "2025-07-15 15:42:03 GET /cart\n", id="a cell too few"),
        pytest.param(SOFTWARE + FIELDS + "2025-07-15 15:42:03 GET /cart 200 0\n", id="a cell too many"),
        pytest.param(SOFTWARE + FIELDS + "2025-07-15 late GET /cart 200\n", id="no time"),
        pytest.param(SOFTWARE + FIELDS + "- - - - -\n", id="nothing"),
        pytest.param(SOFTWARE + FIELDS, id="directives alone"),
        pytest.param(ROW, id="no header that names five columns"),
        pytest.param("#Software: Another 1.0\n" + FIELDS + ROW, id="another program"),
    ],
)
def test_is_no_record(text: str) -> None:
    assert read(text) == []


def test_a_header_holds_until_the_next() -> None:
    text = SOFTWARE + FIELDS + ROW + "#Fields: time date sc-status cs-uri-stem cs-method\n15:43:00 2025-07-15 500 /x GET\n"
    first, second = read(text)
    assert dict(first[1])["sc-status"] == "200" and dict(second[1])["sc-status"] == "500"


def test_a_block_without_a_header_goes_by_those_of_the_source() -> None:
    said = w3c.directives(split_lines(Text.of((SOFTWARE + FIELDS).encode())))
    assert [row for row, _ in read(ROW, said)] == [0]


def test_the_time_may_stand_before_the_date_or_apart() -> None:
    text = SOFTWARE + "#Fields: time cs-method date sc-status\n15:42:03.25 GET 2025-07-15 200\n"
    (grid,) = w3c.grids(IIS, split_lines(Text.of(text.encode())), SourceContext())
    assert grid[2].local_ns.tolist() == [int(np.datetime64("2025-07-15T15:42:03.25", "ns").astype(np.int64))]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        pytest.param("a b c", ["a", "b", "c"], id="blanks"),
        pytest.param("a  b   c ", ["a", "b", "c"], id="several blanks"),
        pytest.param("a\tb x\tc", ["a", "b x", "c"], id="tabs, blanks within"),
        pytest.param("a\t\tc", ["a", "", "c"], id="tabs, an empty cell"),
        pytest.param('a "b c" d', ["a", "b c", "d"], id="quotes around blanks"),
        pytest.param('a "b" d', ["a", "b", "d"], id="quotes around a word"),
        pytest.param('a b"c d', ["a", 'b"c', "d"], id="a quote within a word"),
        pytest.param('a b "c', ["a", "b", '"c'], id="a lost quote at the end"),
        pytest.param("a b", None, id="too few"),
        pytest.param("a b c d", None, id="too many"),
        pytest.param('a "b c', ["a", '"b', "c"], id="a lost quote ends with its word"),
        pytest.param('a "b c d', None, id="a lost quote among too many"),
    ],
)
def test_cells(line: str, cells: list[str] | None) -> None:
    lines = split_lines(Text.of(line.encode()))
    grids = list(split(lines, np.arange(1), 3))
    found = [
        [lines.text.slice(a, b).decode() for a, b in zip(g.start[0].tolist(), g.end[0].tolist(), strict=True)]
        for g in grids
    ]
    assert found == ([cells] if cells else [])


def test_directives_are_structure_wherever_they_stand() -> None:
    text = (SOFTWARE + FIELDS + ROW * 3 + SOFTWARE + FIELDS + ROW * 2).encode()
    plan = detect(text, "evidence")
    block = parse_block(text, plan, SourceContext(header=plan.header, delimiter=plan.delimiter))
    assert (plan.name, block.entry.records, block.entry.structure, block.entry.unparsed) == ("iis_w3c", 5, 4, 0)
