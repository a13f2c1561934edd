"""A bar on a terminal, silence in a pipe."""

from __future__ import annotations

import io
import sys

from postmortem_timeline.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_none_in_a_pipe(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with progress_bar("reading") as progress:
        assert progress is None
    assert pipe.getvalue() == ""


def test_a_bar_on_a_terminal(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress_bar("reading") as progress:
        progress(50, 200)
        progress(200, 200)
    assert "reading" in screen.getvalue() and "100%" in screen.getvalue()


def test_a_total_that_is_not_known_yet(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress_bar("reading") as progress:
        progress(50)
        progress(10, 0)
