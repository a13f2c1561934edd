"""Evidence on a terminal."""

from __future__ import annotations

import pytest

from postmortem_timeline.cli.text import say, table, tell

PATH = "cluster-eu-1/namespace-payments/pod-7f9c/containers/application/current/access.log.2.gz"


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x1b]0;title\x07", "\x9b", "\r", "\u202e", "\x00"])
def test_nothing_moves_the_cursor(capsys, hostile):
    say(f"before{hostile}after")
    assert capsys.readouterr().out == "beforeafter\n"


def test_a_line_end_in_a_cell_does_not_break_the_table():
    assert len(table(["a", "b"], [["one\ntwo", 1]], give=0).splitlines()) == 2


def test_no_rows_is_a_head():
    assert table(["a", "b"], [], give=0) == "a  b"


def test_a_narrow_terminal_shortens_one_column_in_its_middle(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    line = table(["source", "records"], [[PATH, 12]], give=0).splitlines()[1]
    assert len(line) <= 60
    assert line.startswith("cluster-eu-1/") and "…" in line
    assert line.endswith("access.log.2.gz       12")


def test_a_narrow_terminal_keeps_the_beginning_of_a_sentence(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    assert table(["product"], [["Container log of Kubernetes and what it runs"]], give=0).endswith(
        "Container log of Kubernetes a…"
    )


def test_numbers_stand_right_and_nothing_is_blank():
    assert table(["n", "note"], [[5, None], [1000, "x"]], give=1) == "   n  note\n   5\n1000  x"


def test_a_wide_line_goes_on_below_its_own_indent_on_a_terminal_only(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "20")
    tell("  one two three four five")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    tell("  one two three four five\nshort\n" + "x" * 30)
    assert capsys.readouterr().out.split("\n") == [
        "  one two three four five", "  one two three four", "    five", "short", "x" * 30, "",
    ]  # fmt: skip
