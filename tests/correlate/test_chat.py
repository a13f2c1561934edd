"""What chat messages mean."""

from __future__ import annotations

import pytest

from postmortem_timeline.correlate.chat import said


@pytest.mark.parametrize(
    ("text", "never"),
    [
        pytest.param("is it resolved?", "resolution", id="a question claims nothing"),
        pytest.param("not resolved yet", "resolution", id="negated"),
        pytest.param("once it's resolved we can go home", "resolution", id="a condition"),
        pytest.param("resolved to 10.0.0.1 by the local resolver", "resolution", id="a name is resolved"),
        pytest.param("this should be mitigated soon", "mitigation", id="a hope"),
        pytest.param("error rate is not back to normal", "mitigation", id="negated further off"),
        pytest.param("when we are back to normal, please check the queue", "mitigation", id="when"),
        pytest.param("who is on it?", "acknowledges", id="asking for an owner"),
        pytest.param("can someone take this?", "acknowledges", id="asking somebody"),
        pytest.param("should we roll back?", "decision", id="asking for a decision"),
        pytest.param("action item: roll back faster (@dana)", "decision", id="an action item is for later"),
        pytest.param("> calling it resolved\nare we sure?", "resolution", id="quoted"),
        pytest.param("`connection reset, rolled back transaction`", "action", id="code is evidence, not speech"),
        pytest.param("found it: commit 780b65f turned off the refresh", "action", id="what caused it"),
        pytest.param("the coffee machine is broken", "report", id="broken, but nothing of ours"),
        pytest.param("anyone ordering lunch?", "report", id="anyone, but lunch"),
        pytest.param("users love seeing the new page", "report", id="users see, but nothing wrong"),
        pytest.param("weekly reports about orders are out", "report", id="reports of another kind"),
        pytest.param("I can't see the meeting link", "report", id="cannot, but nothing of ours"),
    ],
)
def test_never_means(text: str, never: str) -> None:
    assert never not in said(text).meanings


@pytest.mark.parametrize(
    "text", ["lunch is here by the way", "anyone ordering lunch?", "good morning all", ":wave:", ""]
)
def test_small_talk(text: str) -> None:
    assert said(text).meanings == ("small_talk",)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("I'm on it, taking incident command", "acknowledges"),
        ("I have the page, taking incident command", "acknowledges"),
        ("ack", "acknowledges"),
        ("I’ll take this one", "acknowledges"),
        ("got it, looking", "acknowledges"),
        ("looking into it", "looks"),
        ("decision: roll back checkout to 2.8.3", "decision"),
        ("let's fail over to the other region", "decision"),
        ("postgres on db-1 is not running at all. decision: start it", "decision"),
        ("postgres on db-1 is not running at all. decision: start it", "identifies"),
        ("rollback started", "action"),
        ("restarted auth on web-2", "action"),
        ("done, waiting for the graphs", "action"),
        ("error rate is back to normal, looks mitigated", "mitigation"),
        ("calling it resolved, thanks all", "resolution"),
        ("resolved, thanks everyone", "resolution"),
        ("all clear", "resolution"),
        ("declaring a SEV1", "declares"),
        ("customers report that they can't log in", "report"),
        ("support is getting tickets about login", "report"),
        ("is checkout down for anyone else?", "report"),
        ("I can't log in since 13:45", "report"),
        ("root cause: the token expired at midnight", "identifies"),
        ("seeing lots of `token expired` from auth", "observation"),
        ("```fbf3101 checkout: show the discount```", "observation"),
        ("what changed? looking at deploys to auth", "question"),
        ("paging @db-oncall", "escalates"),
        ("action item: alert earlier on this, @ines by 2026-12-04", "action_item"),
    ],
)
def test_means(text: str, meaning: str) -> None:
    assert meaning in said(text).meanings


def test_the_weightiest_meaning_comes_first() -> None:
    assert said("rolled back, error rate is back to normal, calling it resolved").meaning == "resolution"
