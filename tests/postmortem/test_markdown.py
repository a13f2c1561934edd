from __future__ import annotations

import re

import pytest

from postmortem_timeline.postmortem import markdown, markup, model
from postmortem_timeline.redact import Leak


@pytest.fixture
def text(case):
    return markdown.render(model.document(case["incident"], case["rows"], case["quotes"]))


def test_hostile_text_makes_no_markup(case):
    case["rows"][4]["summary"] = (
        "</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) | ![](http://e.example/p.png) `\x1b[31m\x00"
    )
    text = markdown.render(model.document(case["incident"], case["rows"], case["quotes"]))
    row = next(line for line in text.splitlines() if "onerror" in line and line.startswith("|"))
    assert "<img" not in row and "](javascript" not in row.replace("\\[x](javascript", "") and "http://" not in row
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)
    assert len(re.split(r"(?<!\\)\|", row)) == 5  # three cells: no bar broke out


def test_a_leak_stops_the_document(case):
    told = model.document(case["incident"], case["rows"], case["quotes"])
    object.__setattr__(told, "title", "Okafor was here")
    with pytest.raises(Leak):
        markdown.render(told)


def test_the_executive_sentence(text):
    summary = re.sub(r"\[\^[0-9a-f]+\]", "", text.split("## Executive summary")[1].split("## Key facts")[0])
    assert "On July 15, 2025, from 17:42 to 18:27 UTC, the authentication service" in summary
    assert "12% of users (144 of 1,198)" in summary
    assert "detected by monitoring at 17:46:21 (4 min 18 s after the start)" in summary
    assert "token refresh off" in summary


def test_every_section_of_the_design_is_there(text):
    found = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert found == ["Executive summary", "Key facts", "Timeline", "Impact", "Root cause", "Lessons", "Action items",
                     "Open questions", "Evidence", "Notes"]  # fmt: skip


def test_every_footnote_is_defined_once_and_used(text):
    body, notes = text.split("## Notes")
    used, defined = set(re.findall(r"\[\^([0-9a-f]+)\]", body)), re.findall(r"^\[\^([0-9a-f]+)\]:", notes, re.MULTILINE)
    assert used == set(defined) and len(defined) == len(set(defined))


def test_every_number_of_the_summary_has_its_evidence(text):
    summary = text.split("## Executive summary")[1].split("## Key facts")[0]
    for number in ("17:42", "18:27 UTC", "12% of users", "17:46:21", "17:48:20", "18:27:01", "18:32:07"):
        assert re.search(rf"{re.escape(number)}\[\^[0-9a-f]+\]", summary), number


def test_the_arithmetic_can_be_redone(text):
    assert "144 users with a failed request / 1,198 users with any request in the windows = 12.0%" in text
    assert "18:27:01 - 17:42:03" in text


def test_what_people_must_write_is_a_marked_blank(text):
    assert text.count("_[to be filled: ") >= 10


def test_chat_actions_have_their_owner_as_a_role_and_their_date(text):
    assert re.search(
        r"\| Add alerting on oauth token expiry\[\^[0-9a-f]+\] \| responder 2 \| 2025-07-29 \| P1 \| detect ", text
    )


@pytest.mark.parametrize("said", ["a|b", "`x`", "``", "``x``", "a `b` c | d"])
def test_code_spans_hold_any_text(said):
    span = markup.code(said)
    fence = re.match(r"`+", span).group()
    assert span.endswith(fence) and fence not in span[len(fence) : -len(fence)].replace("\\|", "|").split(" ")
