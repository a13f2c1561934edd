from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from postmortem_timeline.views import terminal

WRITTEN = json.loads((Path(__file__).parents[1] / "postmortem" / "incident.json").read_text(encoding="utf-8"))


@pytest.fixture
def case():
    return copy.deepcopy(WRITTEN)


def columns(line):
    return sum(map(terminal.columns, line))


def test_all_of_it_fits_eighty_columns(case):
    case["rows"][3]["summary"] = "認証サービスが失敗しています" * 9
    case["rows"][4]["summary"] = "x" * 300
    text = terminal.summary(case["incident"], case["rows"])
    assert max(map(columns, text.splitlines())) <= 80


@pytest.mark.parametrize("last", [" (x1,893)", " (and 12 more lines)"])
def test_how_often_is_not_cut_off(case, last):
    row = case["rows"][4] | {"summary": "y" * 300 + last, "count": 1893}
    assert terminal.timeline([row]).splitlines()[-1].endswith(f"y…{last}")


def test_control_characters_of_the_evidence_move_nothing(case):
    case["rows"][4]["summary"] = "a\x1b[2J\x07\x00b\rc\nd"
    text = terminal.summary(case["incident"], case["rows"])
    assert not any(ord(char) < 32 and char != "\n" for char in text)
    assert "abc d" in text


def test_the_headline_is_one_line(case):
    line = terminal.headline(case["incident"], case["rows"])
    assert "\n" not in line and line.startswith("On July 15, 2025, from 17:42 to 18:27 UTC, the authentication service")


def test_numbers_say_what_they_are(case):
    text = terminal.numbers(case["incident"])
    assert "Users affected       12.0%          144 of 1,198" in text
    assert "Time to detect       4 min 18 s     detected - impact start" in text


def test_unknown_numbers_are_not_zero(case):
    case["incident"]["impact"] = {"windows": [], "downtime_seconds": None, "users": None, "requests": None}
    case["incident"]["durations"] = {}
    assert "0" not in terminal.numbers(case["incident"])


def test_what_is_not_measured_says_why(case):
    case["incident"]["lifecycle"]["detected"] |= {"at": None}
    case["incident"]["durations"]["time_to_detect_seconds"] = None
    assert "Time to detect       -              detected unknown" in terminal.numbers(case["incident"])


def test_doubts_are_listed(case):
    text = terminal.doubts(case["incident"])
    assert "syslog: its stamps carry no zone" in text and "1 min 58 s ahead" in text
