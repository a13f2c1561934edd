"""A person who writes a layout is told at which piece the lines leave it."""

from __future__ import annotations

import pytest

from postmortem_timeline.parsing.dissect import compile_layout
from postmortem_timeline.parsing.stops import stop
from postmortem_timeline.parsing.text import Text, split_lines
from postmortem_timeline.parsing.timestamps import compile_format

TIMES = {"timestamp": (compile_format("%H:%M:%S"),)}
LAYOUT = compile_layout("line", "{timestamp} [{pid:int}] {>}{severity_text:level}: {body*} ({logger:word})", TIMES, {})


def left(text: str):
    return stop(LAYOUT, split_lines(Text.of(text.encode())))


def test_a_line_that_fits_stops_nowhere():
    assert left("17:42:03 [12]  ERROR: it failed (a) (b.c)\n") is None


@pytest.mark.parametrize(
    ("line", "piece", "text"),
    [
        ("25:42:03 [12] ERROR: x (b)", "{timestamp}", "25:42:03 [12] ERROR: x (b)"),
        ("17:42:03 12] ERROR: x (b)", "' ['", " 12] ERROR: x (b)"),
        ("17:42:03 [12 ERROR: x (b)", "'] '", "12 ERROR: x (b)"),
        ("17:42:03 [a2] ERROR: x (b)", "{pid:int}", "a2] ERROR: x (b)"),
        ("17:42:03 [12] ERROR x (b)", "': '", "ERROR x (b)"),
        ("17:42:03 [12] ERRER: x (b)", "{severity_text:level}", "ERRER: x (b)"),
        ("17:42:03 [12] ERROR: x", "{body*}", "x"),
    ],
    ids=lambda value: value if str(value).startswith(("{", "'")) else "",
)
def test_it_says_at_which_piece(line, piece, text):
    found = left(line + "\n")
    assert (found.piece, found.text, found.lines, found.first) == (piece, text, 1, 0)


def test_most_lines_decide_and_the_first_of_them_is_shown():
    found = left("none\n17:42:03 [a] ERROR: x (b)\n17:42:03 [b] ERROR: x (b)\n")
    assert (found.piece, found.lines, found.first, found.text) == ("{pid:int}", 2, 1, "a] ERROR: x (b)")
