from __future__ import annotations

from postmortem_timeline.postmortem import whys


def test_what_the_evidence_does_not_carry_is_asked(case):
    case["incident"]["changes"] = []
    case["incident"]["lifecycle"]["identified"] = {"at": None, "reason": "nobody named it"}
    rows = [row for row in case["rows"] if row["kind"] != "log"]
    found = whys.five_whys(case["incident"], rows)
    assert len(found) == 5
    assert all(piece.blank for why in found[1:] for piece in why.answer)
    assert whys.trigger(case["incident"])[0].blank


def test_what_it_carries_is_answered_with_citations(case):
    found = whys.five_whys(case["incident"], case["rows"])
    assert found[0].answer[0].citations and "2,499 of 7,583 requests failed" in found[0].answer[0].text
    assert "oauth token rejected" in found[1].answer[0].text and found[1].answer[0].citations
    assert "token refresh off" in found[2].answer[0].text and found[2].answer[0].citations == ("git-log.txt:31",)
    assert found[4].answer[0].blank


def test_what_was_said_when_the_cause_was_named_stands_beside_the_change(case):
    rows = [
        *case["rows"],
        {"kind": "chat", "actor": "dana", "summary": "dana: found it, the token is old", "citations": ["slack:9"]},
    ]
    case["incident"]["lifecycle"]["identified"] = {"at": "2025-07-15T18:08:57.000Z", "citations": ["slack:9"]}
    change, named, ask = whys.five_whys(case["incident"], rows)[2].answer
    assert "token refresh off" in change.text and ask.blank
    assert named.text.strip() == "At 18:08:57 it was said: “found it, the token is old”" and named.citations == (
        "slack:9",
    )
