"""The sentences without an outage."""

from __future__ import annotations

from typing import Any

import pytest

from postmortem_timeline.views import sentence, terminal

OBSERVED = {"start": "2015-05-17T10:05:00.000Z", "end": "2015-05-20T21:06:00.000Z", "requests": 10_000, "failed": 3}
UNKNOWN = {"at": None, "reason": "no incident was found", "citations": []}


@pytest.fixture
def incident() -> dict[str, Any]:
    names = ("impact_start", "detected", "acknowledged", "mitigated", "resolved")
    return {
        "lifecycle": {name: dict(UNKNOWN) for name in names}, "durations": {}, "services": [], "changes": [],
        "impact": {"windows": [], "window_details": [], "downtime_seconds": 0.0, "observed": dict(OBSERVED),
                   "users": {"active": 1753, "affected": 0, "share": 0.0}},
        "ledger": [{"first": "2016-12-19T16:31:46.000Z", "last": "2016-12-20T00:11:11.000Z"}, {"first": None}],
    }  # fmt: skip


def said(incident: dict[str, Any]) -> str:
    return sentence.spoken(sentence.executive(incident))


def test_calm_says_what_was_looked_at(incident: dict[str, Any]) -> None:
    assert said(incident) == (
        "No outage was found: requests are logged from May 17, 2015, 10:05 to May 20, 2015, 21:06 UTC "
        "and never failed more than usual (3 of 10,000)."
    )


def test_calm_without_a_failure(incident: dict[str, Any]) -> None:
    incident["impact"]["observed"] |= {"failed": 0, "end": "2015-05-17T10:55:00.000Z"}
    assert (
        said(incident)
        == "No outage was found: none of the 10,000 requests from May 17, 2015, 10:05 to 10:55 UTC failed."
    )


def test_without_requests_nothing_is_measured_and_that_is_said_once(incident: dict[str, Any]) -> None:
    incident["impact"] = {"windows": [], "downtime_seconds": None, "users": None, "observed": None}
    assert said(incident) == (
        "No request logs are among the exports, so impact is not measured; the timeline shows what stood out "
        "from December 19, 2016, 16:31 to December 20, 2016, 00:11 UTC."
    )
    assert terminal.numbers(incident) == "Impact               not measured   no request logs among the exports"


def test_an_incident_that_no_request_tells_of(incident: dict[str, Any]) -> None:
    incident["lifecycle"]["detected"] = {"at": "2015-05-17T12:00:00.000Z", "citations": ["alerts.json:1"]}
    incident["lifecycle"]["resolved"] = {"at": "2015-05-17T13:00:00.000Z", "citations": ["pager.json:1"]}
    assert said(incident).endswith(
        "People worked on an incident all the same on May 17, 2015: detected at 12:00:00, resolved at 13:00:00 UTC."
    )


def test_key_numbers_of_a_calm_day(incident: dict[str, Any]) -> None:
    assert terminal.numbers(incident).splitlines() == [
        "Impact               0 s            no outage found",
        "Users affected       0%             0 of 1,753",
        "Failed requests      under 0.1%     3 of 10,000, the usual background",
    ]


@pytest.mark.parametrize(
    ("since", "until", "asked"),
    [
        ("2015-05-18T00:00:00.000Z", "2015-05-18T06:00:00.000Z", "from May 18, 2015, 00:00 to 06:00 UTC"),
        ("2015-05-18T00:00:00.000Z", None, "after May 18, 2015, 00:00 UTC"),
        (None, "2015-05-18T06:00:00.000Z", "before May 18, 2015, 06:00 UTC"),
    ],
    ids=["both", "since", "until"],
)
def test_a_time_that_was_asked_for_says_nothing_of_the_rest(incident: dict[str, Any], since, until, asked) -> None:  # type: ignore[no-untyped-def]
    incident["options"] = {"since": since, "until": until}
    assert said(incident) == f"No outage was found {asked}, the time that was asked for."
    assert terminal.numbers(incident) == "Impact               0 s            no outage found"
