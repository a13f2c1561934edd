from __future__ import annotations

import numpy as np
import pytest

from postmortem_timeline.formats import registry
from postmortem_timeline.parsing import delimited
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Text, split_lines

CSV = next(f for f in registry.declared() if f.name == "generic_csv")
NAMES = ("timestamp", "level", "message")
CONTEXT = SourceContext(header=NAMES, delimiter=",")


def parsed(text: str) -> list[tuple[int, int, list[str]]]:
    return list(delimited.records(CSV, split_lines(Text.of(text.encode())), CONTEXT))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("2025-07-15,info,a,b", id="a cell too many"),
        pytest.param("2025-07-15,info", id="a cell too few"),
        pytest.param('2025-07-15,info,"half', id="a quote that does not close"),
        pytest.param("", id="blank"),
        pytest.param("2025-07-15,info," + "x" * 200_000, id="a cell beyond what the reader of csv takes"),
    ],
)
def test_is_no_record(line: str) -> None:
    assert parsed(line + "\n") == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("one", id="a single name"),
        pytest.param("a,a", id="a name twice"),
        pytest.param("2025-07-15,info", id="a value"),
        pytest.param('a,"b\n\nc,d', id="damage"),
        pytest.param("x," * 20_000, id="too long"),
    ],
)
def test_is_no_header(line: str) -> None:
    assert delimited.header_of(line, ",") == ()


def test_a_header() -> None:
    assert delimited.header_of('\ufefftime,"log level",@msg', ",") == ("time", "log level", "@msg")


def test_a_quoted_cell_may_hold_newlines_and_blank_lines() -> None:
    assert parsed('2025-07-15,info,"a\n\nb ""c"""\n2025-07-16,info,d\n') == [
        (0, 3, ["2025-07-15", "info", 'a\n\nb "c"']),
        (3, 1, ["2025-07-16", "info", "d"]),
    ]


def test_a_lost_quote_takes_no_record_with_it() -> None:
    rows = ["2025-07-15,info,a", '2025-07-15,info,"b', "2025-07-15,info,c", '2025-07-15,info,"d', "2025-07-15,info,e"]
    assert [row for row, _, _ in parsed("\n".join(rows))] == [0, 2, 4]


def test_a_cell_that_goes_on_too_long_is_a_lost_quote() -> None:
    text = '2025-07-15,info,"b\n' + "more\n" * delimited.MOST_LINES + '"\n2025-07-16,info,c\n'
    assert [row for row, _, _ in parsed(text)] == [delimited.MOST_LINES + 2]


def test_lines_that_do_not_follow_each_other_are_not_joined() -> None:
    lines = split_lines(Text.of(b'2025-07-15,info,"a\nleft out\nb"\n2025-07-16,info,c\n'))
    apart = lines.take(np.array([0, 2, 3]))
    assert [row for row, _, _ in delimited.records(CSV, apart, CONTEXT)] == [2]


def test_what_more_lines_could_change_is_known() -> None:
    lines = split_lines(Text.of(b'2025-07-15,info,a\n2025-07-15,info,"b\nc\n'))
    assert delimited.heads(CSV, lines, CONTEXT)[1] == 1
    whole = split_lines(Text.of(b'2025-07-15,info,a\n2025-07-15,info,"b\nc"\n'))
    assert delimited.heads(CSV, whole, CONTEXT)[1] == 3
