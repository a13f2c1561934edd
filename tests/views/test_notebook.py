from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from postmortem_timeline.views import notebook

WRITTEN = json.loads((Path(__file__).parents[1] / "postmortem" / "incident.json").read_text(encoding="utf-8"))


def test_hostile_cells_stay_text():
    drawn = notebook.table([{"<b>": "<script>alert(1)</script>\x00\x1b[1m"}])
    assert "<script" not in drawn and "<b>" not in drawn and "\x00" not in drawn and "\x1b" not in drawn


def test_a_timeline_shows_sentence_curve_and_rows():
    drawn = notebook.timeline_html(WRITTEN["incident"], WRITTEN["rows"])
    assert "On July 15, 2025" in drawn and "<svg" in drawn and drawn.count("<tr>") == len(WRITTEN["rows"]) + 1


def test_an_empty_table_is_a_table():
    assert notebook.table([]).startswith("<table>")
    assert "nginx/web-1/access.log" in notebook.ledger_html(WRITTEN["incident"]["ledger"])


def test_the_numbers_are_those_that_were_measured():
    drawn = notebook.timeline_html(WRITTEN["incident"], WRITTEN["rows"])
    assert "time to detect <b>" in drawn and "users <b>" in drawn
    nothing = {"lifecycle": {}, "impact": {}, "durations": {"time_to_detect_seconds": None}}
    assert "time to detect" not in notebook.timeline_html(nothing, [])


def test_the_ledger_is_a_frame_with_a_look_of_its_own():
    from postmortem_timeline.ledger_frame import Ledger

    ledger = Ledger(WRITTEN["incident"]["ledger"])
    shown = ledger._repr_html_()
    assert all(row["source"] in shown for row in WRITTEN["incident"]["ledger"]) and "confidence" not in shown
    assert type(ledger[ledger["unparsed"] > 0]) is pd.DataFrame
