"""Every explanation says how, from which records, what else, and lines of incident.toml that work when they are pasted."""

from __future__ import annotations

import tomllib

import pytest

from postmortem_timeline.annotations import parse
from postmortem_timeline.errors import UsageError
from postmortem_timeline.explaining import explain

PARTS = ("From the records", "Also considered", "To override it, in incident.toml")
AT, LATER = "2025-07-15T17:42:07.021Z", "2025-07-15T18:27:13.703Z"


def mark(at=None, reason="nobody says it", **more):
    empty = {
        "confidence": 0.9 if at else 0.0,
        "basis": "observed",
        "origin": "inferred",
        "citations": [],
        "alternatives": [],
    }
    return {"at": at, "reason": reason, **empty, **more}


@pytest.fixture
def incident():
    other = {
        "at": LATER,
        "confidence": 0.4,
        "basis": "stated",
        "reason": "said in chat: since",
        "citations": ["chat.json:9"],
    }
    return {
        "lifecycle": {
            "impact_start": mark(AT, "the first failed request", citations=["web.log:5"], alternatives=[other]),
            "mitigated": mark(LATER, "the last failed request", citations=["web.log:90"]),
            "closed": mark(),
        },
        "durations": {"time_to_mitigate_seconds": 2706.682},
        "formulas": {"time_to_mitigate_seconds": "mitigated - impact_start"},
        "impact": {
            "vantage": "Requests are counted at the edge tier.",
            "windows": [[AT, LATER]],
            "window_details": [
                {
                    "start": AT,
                    "end": LATER,
                    "kind": "failed",
                    "services": ["auth"],
                    "open_start": False,
                    "open_end": False,
                }
            ],
            "downtime_seconds": 2706.682,
            "weighted_downtime_seconds": 170.0,
            "full_outage_seconds": 6.0,
            "users": {
                "active": 806,
                "affected": 98,
                "affected_excess": 92,
                "share": 0.121588,
                "basis": "distinct user ids",
                "exact": True,
            },
            "requests": {"total": 4789, "failed": 295},
            "error_budget": None,
            "cost": None,
            "services": [{"name": "auth", "total": 1232, "failed": 289}],
        },
        "services": [
            {
                "name": "auth",
                "score": 0.81,
                "reason": "it failed (1%; 0% outside); it was first",
                "citations": ["web.log:5"],
            },
            {"name": "db", "score": 0.2, "reason": "an alert is about it", "citations": []},
        ],
        "changes": [
            {
                "at": AT,
                "service": "auth",
                "summary": "turn off the token refresh",
                "score": 0.9,
                "reason": "6 h before",
                "citations": ["git.txt:50"],
            },
            {
                "at": AT,
                "service": None,
                "summary": "publish docs",
                "score": 0.1,
                "reason": "12 min before",
                "citations": ["git.txt:9"],
            },
        ],
        "options": {"failed": ["5xx", 429]},
        "other_incidents": [],
    }


ROWS = [
    {
        "start": AT,
        "end": AT,
        "phase": "impact",
        "service": "auth",
        "summary": "requests begin to fail",
        "count": 289,
        "reason": "burst",
        "score": 95.0,
        "citations": ["web.log:5"],
        "sources": 1,
    },
    {
        "start": LATER,
        "end": LATER,
        "phase": "after",
        "service": None,
        "summary": "a person's note",
        "count": 1,
        "reason": "note",
        "score": 1000.0,
        "citations": [],
        "sources": 1,
    },
]
QUOTES = {
    "web.log:5": {"text": '"POST /login" 503', "said": None},
    "chat.json:9": {"text": "{...}", "said": "down since 18:27"},
}
ASKED = (
    "impact_start",
    "closed",
    "time_to_mitigate",
    "users.share",
    "downtime",
    "requests.failed",
    "1",
    "row 2",
    "web.log:5",
    "auth",
    "suspect 2",
    "change",
    "change 2",
    "token refresh",
)


def override(text: str) -> str:
    return text.partition("To override it, in incident.toml")[2].partition("\n")[2].partition("\n\n")[0]


def test_what_is_not_there_lists_what_can_be_asked(incident):
    with pytest.raises(UsageError) as caught:
        explain(incident, ROWS, QUOTES, "nonsense")
    for known in ("impact_start", "time_to_mitigate", "users.share", "1 to 2", "auth, db", "change 1 to change 2"):
        assert known in str(caught.value)


@pytest.mark.parametrize("beyond", ["0", "3", "row 99", "change 3", "suspect 0"])
def test_a_number_beyond_the_last_is_no_row(incident, beyond):
    with pytest.raises(UsageError):
        explain(incident, ROWS, QUOTES, beyond)


@pytest.mark.parametrize("asked", ASKED)
def test_every_explanation_has_its_parts(incident, asked):
    text = explain(incident, ROWS, QUOTES, asked)
    assert all(part in text for part in PARTS)


@pytest.mark.parametrize("asked", ASKED)
def test_the_override_can_be_pasted(incident, asked):
    lines = [line.strip() for line in override(explain(incident, ROWS, QUOTES, asked)).splitlines()]
    parse(tomllib.loads("\n".join(lines)))  # raises where a key or a value is not one of incident.toml


def test_a_mark_tells_its_record_and_the_runner_up(incident):
    text = explain(incident, ROWS, QUOTES, "Impact-Start")
    assert text.startswith(f"impact_start: {AT}")
    assert '"POST /login" 503' in text and "0.40  stated    said in chat: since  [chat.json:9]" in text
    assert f"impact_start = {{ at = {LATER}" in text  # the runner-up is what people most likely want


def test_a_mark_that_is_not_known_says_why(incident):
    text = explain(incident, ROWS, QUOTES, "closed")
    assert text.startswith("closed: not known") and "nobody says it" in text and "No record stands behind it." in text


def test_a_mark_of_people_says_so(incident):
    incident["lifecycle"]["closed"] = mark(AT, "set by hand", origin="annotated")
    assert "set by hand in incident.toml" in explain(incident, ROWS, QUOTES, "closed")


def test_a_share_shows_its_arithmetic(incident):
    text = explain(incident, ROWS, QUOTES, "share")
    assert "98 / 806 = 0.121588" in text and "Failed is: 5xx, 429." in text and "edge tier" in text


def test_downtime_adds_up_its_windows(incident):
    text = explain(incident, ROWS, QUOTES, "downtime")
    assert f"window {AT} to {LATER}: failed of auth, 2,706.682 s (45 min 7 s)" in text


def test_a_citation_finds_all_that_rests_on_it(incident):
    titles = [
        part.splitlines()[0]
        for part in explain(incident, ROWS, QUOTES, "web.log:5").split("\n\n")
        if part[0] not in "FAT "
    ]
    assert titles == [f"row 1 of 2: {AT}", "suspect auth", f"impact_start: {AT}"]


def test_reasons_part_outside_of_brackets(incident):
    text = explain(incident, ROWS, QUOTES, "auth")
    assert "  - it failed (1%; 0% outside)\n  - it was first\n" in text


def test_a_record_whose_text_is_not_kept_is_cited_all_the_same(incident):
    text = explain(incident, ROWS, QUOTES, "change 1")
    assert "git.txt:50" in text and "`pmt show`" in text


def test_a_long_record_is_cut(incident):
    quotes = {"web.log:5": {"text": "\n".join(["x" * 500] * 50), "said": None}}
    text = explain(incident, ROWS, quotes, "impact_start")
    assert "… 44 more lines" in text and max(map(len, text.splitlines())) < 200
