"""What providers tell of themselves, and states of alerts that are no firing: news, but no mark of ours."""

from __future__ import annotations

import pytest

from postmortem_timeline.correlate.compose import compose
from postmortem_timeline.correlate.phases import phases
from tests.correlate.story import alert, clock, notables, page, status, window

HARM = [window("10:00:00", "10:40:00")]
ALARM = alert("10:03:00", "AuthHighErrorRate", key="f1")
CLOUD = {"attributes": {"provider": "A Cloud"}, "source": "health.json"}


def marks(*rows, windows=HARM):
    return phases(windows, notables(*rows), failing=["auth"])


def at_of(found, name):
    return clock(found[name]["at"])


def test_a_providers_incident_is_no_update_and_no_end_of_ours():
    theirs = [status("10:05:00", "investigating", **CLOUD), status("10:45:00", "resolved", **CLOUD)]
    found = marks(ALARM, *theirs)
    assert found["first_public_update"]["at"] is None and found["resolved"]["at"] is None
    ours = marks(ALARM, *theirs, status("10:20:00", "investigating"), status("10:50:00", "resolved"))
    assert (at_of(ours, "first_public_update"), at_of(ours, "resolved")) == ("10:20:00", "10:50:00")


def test_a_providers_incident_is_told_as_its_own():
    told = notables(ALARM, status("10:05:00", "investigating", **CLOUD), status("10:20:00", "investigating"))
    summaries = compose(marks(ALARM), HARM, told, failing=["auth"])["summary"].tolist()
    assert sum(summary.startswith("A Cloud status, investigating") for summary in summaries) == 1
    assert sum(summary.startswith("status page, investigating") for summary in summaries) == 1


@pytest.mark.parametrize("state", ["no_data", "unmuted", "recovered_soft", "flapping", "impact_started"])
def test_a_state_that_is_no_firing_detects_nothing(state):
    early = alert("10:00:30", "AuthHighErrorRate", action=state, key="f0")
    assert at_of(marks(early, ALARM), "detected") == "10:03:00"


def test_an_incident_tool_that_states_the_start_of_the_impact_does_not_wake_anybody_then():
    """Without requests the incident is bounded by who was told, not by what was stated later of its beginning."""
    stated = [page("09:00:00", "impact_started"), page("10:03:10", "declared"), page("10:30:00", "mitigated")]
    found = phases([], notables(*stated), failing=[], covered=False)
    assert clock(found["declared"]["at"]) == "10:03:10"


@pytest.mark.parametrize(
    ("action", "words"),
    [("impact_started", "start of the impact"), ("declared", "was declared"), ("mitigated", "as mitigated")],
)
def test_what_an_incident_tool_states_is_told_in_words(action, words):
    told = notables(ALARM, page("10:10:00", action))
    summaries = compose(marks(ALARM), HARM, told, failing=["auth"])["summary"].tolist()
    assert any(words in summary for summary in summaries)
