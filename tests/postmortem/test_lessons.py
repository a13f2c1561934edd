from __future__ import annotations

from postmortem_timeline.postmortem import lessons


def texts(pieces):
    return " | ".join(piece.text for piece in pieces if not piece.blank)


def test_a_change_that_nothing_speaks_for_is_no_lesson(case):
    case["incident"]["changes"][0]["score"] = 0.3
    assert "change reached production" not in texts(lessons.lessons(case["incident"], case["rows"]).poorly)


def test_unknown_durations_are_no_lesson(case):
    case["incident"]["durations"] = dict.fromkeys(case["incident"]["durations"])
    found = lessons.lessons(case["incident"], case["rows"])
    assert "noticed" not in texts(found.well) + texts(found.poorly)


def test_the_measured_candidates(case):
    found = lessons.lessons(case["incident"], case["rows"])
    assert "An alert noticed it 4 min 18 s" in texts(found.well)
    assert "6 min 56 s from its first mention" in texts(found.well)
    assert "nothing said from 18:02:15 to 18:18:41 (16 min 26 s)" in texts(found.poorly)
    assert "6 h before" in texts(found.poorly)
    assert "12% of users" in texts(found.lucky)


def test_customers_first_went_poorly(case):
    case["incident"]["lifecycle"]["detected"]["by"] = "customer"
    found = lessons.lessons(case["incident"], case["rows"])
    assert "People (customer), not an alert" in texts(found.poorly)


def test_each_side_closes_with_a_question(case):
    found = lessons.lessons(case["incident"], case["rows"])
    assert found.well[-1].blank and found.poorly[-1].blank and found.lucky[-1].blank


def test_an_alert_that_was_kept_quiet_is_asked_about(case):
    case["rows"].insert(0, {
        "start": "2025-07-15T17:12:00.000Z", "kind": "alert", "service": "auth", "reason": "alert",
        "summary": "alert TokenAgeHigh silenced for auth", "citations": ["alertmanager.json:1"],
    })  # fmt: skip
    (found,) = lessons.silenced(case["incident"], case["rows"])
    assert found.text.startswith("At 17:12:00: alert TokenAgeHigh silenced for auth, 30 min 4 s before")
    case["rows"][0]["service"] = "catalog"
    assert lessons.silenced(case["incident"], case["rows"]) == []
