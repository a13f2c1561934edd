from __future__ import annotations

import pytest

from postmortem_timeline.postmortem import actions


def said(text, **roles):
    return actions.said({"kind": "chat", "summary": text, "citations": ["slack:1"]}, roles)


@pytest.mark.parametrize(
    "text",
    [
        "what action do we take?",
        "the action: button is broken",
        "no actions items",
        "decision: roll back",
        "AI is great",
    ],
)
def test_ordinary_talk_is_no_action_item(text):
    found = said(text)
    assert found is None or "button" in found.what.lower()


@pytest.mark.parametrize(
    ("text", "what", "owner", "due"),
    [
        ("action item: add alerting on X (@dana.ruiz) by 2025-12-30", "Add alerting on X", "responder 1", "2025-12-30"),
        (
            "action item: alert earlier on this, @dana.ruiz by 2026-12-04",
            "Alert earlier on this",
            "responder 1",
            "2026-12-04",
        ),
        ("TODO: write a runbook. owner: dana.ruiz, due 2026-01-02", "Write a runbook", "responder 1", "2026-01-02"),
        ("*Action item*: rotate the keys".replace("*", ""), "Rotate the keys", "", ""),
        ("follow-up: tell @platform-team", "Tell", "platform-team", ""),
    ],
)
def test_what_who_and_when(text, what, owner, due):
    found = said(text, **{"dana.ruiz": "responder 1"})
    assert (found.what, found.owner, found.due) == (what, owner, due)


def test_a_stated_priority_holds():
    assert said("action item: (P0) fix the leak").priority == "P0"
    assert said("action item: fix the leak [p3]").priority == "P3"


def test_slow_detection_asks_for_an_alert(case):
    case["incident"]["durations"]["time_to_detect_seconds"] = 900.0
    found = actions.suggested(case["incident"], case["rows"])
    assert any(task.what.startswith("Alert on “oauth token rejected") and "15 min" in task.what for task in found)


def test_quick_detection_asks_for_nothing(case):
    assert not any(task.what.startswith("Alert on") for task in actions.suggested(case["incident"], case["rows"]))


def test_people_noticing_first_asks_for_an_alert_however_quick(case):
    case["incident"]["lifecycle"]["detected"]["by"] = "customer"
    assert any("people noticed first" in task.what for task in actions.suggested(case["incident"], case["rows"]))


@pytest.mark.parametrize(
    ("text", "what", "owner"),
    [
        ("action item: fix the job, owner responder 3, due 2025-07-22", "Fix the job", "responder 3"),
        ("action item: fix the job, responder 1 by 2025-07-29", "Fix the job", "responder 1"),
        ("action item: write a runbook (incident commander, due 2025-08-05)", "Write a runbook", "incident commander"),
        ("action item: page the responder 2 times", "Page the responder 2 times", ""),
    ],
)
def test_roles_are_owners_when_a_saved_timeline_is_told_again(text, what, owner):
    found = said(text)
    assert (found.what, found.owner) == (what, owner)
