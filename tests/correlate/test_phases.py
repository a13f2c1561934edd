"""The lifecycle marks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from postmortem_timeline.correlate.marks import MARKS
from postmortem_timeline.correlate.phases import phases
from tests.correlate.story import alert, at, chat, clock, notables, page, record, status, window

HARM = [window("10:00:00", "10:40:00")]
ALARM = alert("10:03:00", "AuthHighErrorRate", key="f1")
PAGER = [
    page("10:03:05", "triggered", "Prometheus", attributes={"incident_key": "f1"}),
    page("10:03:10", "notified", "Prometheus"),
    page("10:05:00", "acknowledged"),
    page("10:50:00", "resolved"),
]
DECOY = alert("10:01:00", "DiskWillFill", None, severity="warning", labels={"instance": "db-1"}, host="db-1")


def marks(*rows: dict[str, Any], windows: Any = HARM, **more: Any) -> dict[str, dict[str, Any]]:
    return phases(windows, notables(*rows), failing=["auth"], **more)


def times(*rows: dict[str, Any], windows: Any = HARM, **more: Any) -> dict[str, str | None]:
    return {name: clock(mark["at"]) for name, mark in marks(*rows, windows=windows, **more).items()}


@pytest.mark.parametrize("covered", [True, False])
def test_no_incident_is_null_with_a_reason_everywhere(covered: bool) -> None:
    talk = chat("10:00:00", "jo", "I'm on it, the coffee machine that is")
    warning = alert("10:00:00", "DiskWillFill", None, severity="warning")
    found = marks(talk, warning, windows=[], covered=covered)
    assert set(found) == set(MARKS)
    assert all(mark["at"] is None and mark["reason"] for mark in found.values())
    assert found["detected"]["by"] == "unknown"


def test_a_critical_alert_that_woke_nobody_is_no_incident_where_no_request_failed() -> None:
    lone = alert("10:00:00", "AuthHighErrorRate")
    assert times(lone, windows=[])["detected"] is None
    assert times(lone, windows=[], covered=False)["detected"] == "10:00:00"


@pytest.mark.parametrize(
    "unrelated",
    [
        pytest.param(DECOY, id="a warning about a disk, near in time"),
        pytest.param(
            alert("09:59:30", "TargetDown", "legacy-batch", severity="warning"), id="another service's warning"
        ),
        pytest.param(alert("10:00:30", "AuthHighErrorRate", action="pending"), id="pending"),
        pytest.param(alert("10:00:30", "AuthHighErrorRate", action="silenced"), id="silenced"),
        pytest.param(alert("10:00:30", "AuthSlow", attributes={"inhibited_by": ["x"]}), id="inhibited"),
        pytest.param(alert("08:00:00", "AuthHighErrorRate", key="f0"), id="hours before"),
        pytest.param(alert("11:30:00", "AuthHighErrorRate", key="f0"), id="long after"),
        pytest.param(
            chat("10:01:00", "jo", "is the coffee machine broken for anyone?"), id="a report of something else"
        ),
        pytest.param(chat("10:01:00", "jo", "who is on call today?"), id="a question"),
    ],
)
def test_what_does_not_detect(unrelated: dict[str, Any]) -> None:
    assert times(unrelated, ALARM, *PAGER)["detected"] == "10:03:00"


def test_a_decoy_alone_detects_nothing() -> None:
    found = marks(DECOY)["detected"]
    assert (found["at"], found["by"]) == (None, "unknown") and found["reason"]


def test_detected_is_the_alerts_own_start_cited_with_its_echoes() -> None:
    found = marks(ALARM, *PAGER)["detected"]
    assert clock(found["at"]) == "10:03:00" and found["by"] == "monitoring"
    assert found["citations"] == ["alert.json:1", "page.json:2"] or found["citations"][0].startswith("alert.json")


def test_an_alert_that_saw_it_coming_is_legal_if_it_is_of_the_failing_service() -> None:
    early = alert("09:55:00", "AuthLatencyHigh", severity="warning", key="f0")
    assert times(early, ALARM, *PAGER)["detected"] == "09:55:00"
    over = alert("09:57:00", "AuthLatencyHigh", severity="warning", key="f0", action="resolved")
    assert times(early, over, ALARM, *PAGER)["detected"] == "10:03:00"


@pytest.mark.parametrize(
    ("report", "by"),
    [
        (chat("10:01:00", "sam", "customers report that they can't log in"), "customer"),
        (chat("10:01:00", "sam", "is login down for anyone else?"), "employee"),
        (record("10:01:00", "ticket", "login fails with an error", action="opened", actor="desk"), "customer"),
    ],
)
def test_an_earlier_report_by_people_detects(report: dict[str, Any], by: str) -> None:
    found = marks(report, ALARM, *PAGER)["detected"]
    assert (clock(found["at"]), found["by"]) == ("10:01:00", by)
    assert clock(found["alternatives"][0]["at"]) == "10:03:00"


def test_the_database_behind_it_detects_though_nobody_suspects_it() -> None:
    store = alert("10:00:10", "StoreUnreachable", "postgresql", key="f9")
    trigger = page("10:00:14", "triggered", "Prometheus", "StoreUnreachable", attributes={"incident_key": "f9"})
    assert times(store, trigger, ALARM)["detected"] == "10:00:10"


def test_the_pager_acknowledges_before_chat_and_a_machine_does_not() -> None:
    talk = chat("10:04:30", "priya.n", "I'm on it")
    found = marks(ALARM, *PAGER, talk)["acknowledged"]
    assert clock(found["at"]) == "10:05:00" and [clock(a["at"]) for a in found["alternatives"]] == ["10:04:30"]
    by_machine = page("10:03:20", "acknowledged", "Prometheus")
    assert times(ALARM, by_machine, *PAGER)["acknowledged"] == "10:05:00"


def test_without_a_pager_the_first_who_takes_it_acknowledges() -> None:
    talk = [chat("10:03:30", "al", "looking"), chat("10:04:00", "jo", "I'm on it"), chat("10:06:00", "al", "I have it")]
    found = marks(ALARM, *talk)["acknowledged"]
    assert clock(found["at"]) == "10:04:00" and found["basis"] == "stated"
    assert times(ALARM, talk[0])["acknowledged"] == "10:03:30"
    assert times(ALARM)["acknowledged"] is None


def test_another_pager_incident_neither_acknowledges_nor_resolves() -> None:
    other = [
        page("10:20:00", action, who, "BackupLate", "Q9")
        for action, who in (("triggered", "Cron"), ("acknowledged", "al"))
    ]
    late = page("12:00:00", "resolved", "al", "BackupLate", "Q9")
    found = times(ALARM, *PAGER, *other, late)
    assert (found["acknowledged"], found["resolved"]) == ("10:05:00", "10:50:00")


def test_resolved_is_the_pagers_then_the_commanders_then_the_last_alerts() -> None:
    talk = [
        chat("10:04:00", "jo", "taking incident command"), chat("10:45:00", "al", "resolved?"),
        chat("10:46:00", "al", "resolved I think"), chat("10:48:00", "jo", "resolved, thanks everyone"),
    ]  # fmt: skip
    end = alert("10:42:00", "AuthHighErrorRate", action="resolved", key="f1")
    assert times(ALARM, *PAGER, *talk, end)["resolved"] == "10:50:00"
    assert times(ALARM, *talk, end)["resolved"] == "10:48:00"
    assert times(ALARM, end)["resolved"] == "10:42:00"
    assert times(ALARM)["resolved"] is None


def test_a_resolve_before_another_trigger_is_not_the_end() -> None:
    again = page("10:20:00", "triggered", "Prometheus")
    early = page("10:15:00", "resolved")
    assert times(ALARM, PAGER[0], early, again, PAGER[3])["resolved"] == "10:50:00"
    assert times(ALARM, PAGER[0], early, again)["resolved"] is None


def test_harm_is_the_windows_edges_whatever_people_say() -> None:
    talk = [
        chat("10:06:00", "jo", "customers see errors since 09:58 UTC"),
        chat("10:42:00", "jo", "error rate is back to normal"),
    ]
    windows = [*HARM, window("10:45:00", "10:47:00")]
    found = marks(ALARM, *talk, windows=windows)
    assert (clock(found["impact_start"]["at"]), clock(found["mitigated"]["at"])) == ("10:00:00", "10:47:00")
    assert [clock(a["at"]) for a in found["impact_start"]["alternatives"]] == ["09:58:00"]
    assert [clock(a["at"]) for a in found["mitigated"]["alternatives"]] == ["10:42:00"]


def test_an_open_edge_says_at_or_before_with_low_confidence() -> None:
    found = marks(ALARM, windows=[window("10:00:00", "10:40:00", open_start=True, open_end=True)])
    for name, words in (("impact_start", "at or before"), ("mitigated", "at or after")):
        assert found[name]["confidence"] < 0.5 and words in found[name]["reason"]


def test_a_frame_of_windows_in_ns_works_too() -> None:
    frame = pd.DataFrame(
        {"start_ns": [at("10:00:00")], "end_ns": [at("10:40:00")], "open_start": [False], "open_end": [False]}
    )
    assert times(ALARM, windows=frame)["impact_start"] == "10:00:00"


def test_without_requests_the_marks_come_from_pages_and_chat() -> None:
    talk = chat("10:42:00", "jo", "mitigated at 10:39 UTC")
    found = marks(ALARM, *PAGER, talk, windows=None, covered=False)
    assert found["impact_start"]["at"] is None and "no request evidence" in found["impact_start"]["reason"]
    told = {name: clock(found[name]["at"]) for name in ("detected", "alerted", "acknowledged", "mitigated", "resolved")}
    assert list(told.values()) == ["10:03:00", "10:03:10", "10:05:00", "10:39:00", "10:50:00"]


def test_onset_is_a_new_error_of_the_failing_service_before_the_first_failed_request() -> None:
    row = {"source": "auth.log", "service": "auth", "template": "token expired", "severity": 17, "line": 7, "new": True}
    signs = pd.DataFrame(
        [{**row, "start": at("09:58:00")}, {**row, "service": "batch", "source": "b.log", "start": at("09:50:00")}]
    )
    found = marks(ALARM, episodes=signs)["onset"]
    assert clock(found["at"]) == "09:58:00" and found["citations"] == ["auth.log:7"]
    assert times(ALARM)["onset"] == "10:00:00"


def test_status_page_declaration_cause_and_change() -> None:
    rows = [
        status("09:50:00", "scheduled"), status("10:10:00", "investigating"), status("10:20:00", "identified"),
        chat("10:06:00", "jo", "declaring a SEV1"), chat("10:15:00", "al", "root cause: the token expired"),
    ]  # fmt: skip
    changes = [
        {"at": "2025-07-15T09:59:00Z", "score": 0.8, "summary": "token refresh off", "citations": ["git-log.txt:1"]}
    ]
    found = times(ALARM, *rows, changes=changes)
    assert [found[n] for n in ("first_public_update", "declared", "identified", "changed")] == [
        "10:10:00",
        "10:06:00",
        "10:15:00",
        "09:59:00",
    ]
    assert times(ALARM, changes=[{**changes[0], "score": 0.4}])["changed"] is None


def test_people_know_better_and_what_was_inferred_stays_beside() -> None:
    known = {"marks": {"detected": {"at": "2025-07-15T10:00:30Z", "reason": "a call"}, "resolved": None}}
    found = marks(ALARM, *PAGER, annotations=known)
    assert (clock(found["detected"]["at"]), found["detected"]["origin"]) == ("10:00:30", "annotated")
    assert clock(found["detected"]["alternatives"][0]["at"]) == "10:03:00"
    assert found["resolved"]["at"] is None and found["resolved"]["origin"] == "annotated"


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = [
        {**row, "line": line} for line, row in enumerate([ALARM, DECOY, *PAGER, chat("10:04:00", "jo", "I'm on it")])
    ]
    assert marks(*rows) == marks(*rows[::-1])
