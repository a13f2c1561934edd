"""The timeline frame."""

from __future__ import annotations

from typing import Any

import pandas as pd

from postmortem_timeline.correlate.compose import LIMIT, compose
from postmortem_timeline.correlate.phases import phases
from postmortem_timeline.frame import PHASES, REASONS, TIMELINE_COLUMNS
from tests.correlate.story import alert, at, change, chat, notables, page, status, window

HARM = [window("10:00:00", "10:40:00", services=["auth"], failed=347, requests=9856)]
STORY = [
    change("09:58:00", "release auth-2.1.0"),
    alert("10:03:00", "AuthHighErrorRate", key="f1"),
    page("10:03:05", "triggered", "Prometheus", attributes={"incident_key": "f1"}),
    page("10:05:00", "acknowledged"),
    chat("10:06:00", "jo", "anyone ordering lunch?"),
    chat("10:30:00", "jo", "decision: roll back auth"),
    chat("10:39:00", "jo", "rollback started"),
    alert("10:42:00", "AuthHighErrorRate", action="resolved", key="f1"),
    page("10:50:00", "resolved"),
    status("10:55:00", "resolved"),
]


def composed(*rows: dict[str, Any], windows: Any = HARM, **more: Any) -> pd.DataFrame:
    frame = notables(*rows)
    found = phases(windows, frame, failing=["auth"], **{k: v for k, v in more.items() if k in ("episodes", "changes")})
    return compose(found, windows, frame, failing=["auth"], **more)


def test_an_empty_story_has_the_columns_and_types() -> None:
    frame = composed(windows=[])
    assert len(frame) == 0 and tuple(frame.columns) == TIMELINE_COLUMNS
    assert str(frame["start"].dtype) == str(frame["end"].dtype) == "datetime64[ns, UTC]"


def test_small_talk_is_not_told() -> None:
    assert not composed(*STORY)["summary"].str.contains("lunch").any()


def test_the_words_are_those_of_the_contract() -> None:
    frame = composed(*STORY)
    assert set(frame["reason"]) <= set(REASONS) and set(frame["phase"]) <= set(PHASES)
    assert str(frame["start"].dtype) == "datetime64[ns, UTC]" and frame["start"].is_monotonic_increasing


def test_the_story_reads_from_change_to_status() -> None:
    frame = composed(*STORY)
    assert frame["reason"].tolist() == [
        "change", "burst", "alert", "acknowledge", "decision", "action", "recovery", "page", "status",
    ]  # fmt: skip
    assert frame["phase"].tolist() == [
        "before", "impact", "impact", "response", "mitigation", "mitigation", "mitigation", "recovery", "after",
    ]  # fmt: skip
    assert frame["summary"].tolist()[1:4] == [
        "requests to auth begin to fail: 347 of 9,856 fail until they recover",
        "alert AuthHighErrorRate fired (critical), resolved after 39 min",
        "priya.n acknowledged the page",
    ]


def test_an_alert_is_told_once_from_firing_to_resolved_by_all_who_told_it() -> None:
    row = composed(*STORY).query("reason == 'alert'").iloc[0]
    assert (row["start"], row["end"]) == (
        pd.Timestamp(at("10:03:00"), tz="UTC"),
        pd.Timestamp(at("10:42:00"), tz="UTC"),
    )
    assert row["citations"] == ["alert.json:2", "page.json:3", "alert.json:8"] and row["sources"] == 2


def test_ties_are_ordered_by_cause() -> None:
    now = "10:00:00"
    rows = [
        chat(now, "jo", "I'm on it"), page(now, "acknowledged"), page(now, "notified", "Prometheus"),
        alert(now, "AuthHighErrorRate"), change(now, "release auth-2.1.0"), status(now, "investigating"),
    ]  # fmt: skip
    frame = composed(*rows)
    assert frame["kind"].tolist()[:-1] == ["change", "request", "alert", "page", "page", "chat", "status"]
    assert frame["reason"].tolist()[3:5] == ["page", "acknowledge"]


def test_never_more_than_sixty_and_the_telling_ones_stay() -> None:
    crowd = [
        chat(f"10:{m:02d}:{s:02d}", "al", f"seeing errors in graphs of host {m}")
        for m in range(7, 30)
        for s in range(0, 60, 5)
    ]
    frame = composed(*STORY, *crowd)
    assert len(frame) == LIMIT
    assert {"decision", "acknowledge", "alert", "recovery", "change"} <= set(frame["reason"])


def test_people_pin_hide_and_note() -> None:
    known = {
        "pinned": ["chat.json:5"], "hidden": ["change.json:1"],
        "notes": [{"at": "2025-07-15T10:20:00Z", "text": "called the provider"}],
    }  # fmt: skip
    frame = composed(*STORY, annotations=known)
    assert "change" not in set(frame["reason"])
    assert frame.loc[frame["reason"] == "pinned", "summary"].tolist() == ["anyone ordering lunch?"]
    assert frame.loc[frame["reason"] == "note", "summary"].tolist() == ["called the provider"]


def test_new_errors_of_the_failing_service_are_told_with_their_count() -> None:
    base = {"severity": 17, "line": 3, "last_line": 90, "sources": 1, "new": True, "burst": False, "stopped": False}
    signs = pd.DataFrame(
        [
            {
                **base,
                "source": "auth.log",
                "service": "auth",
                "template": "token expired",
                "count": 347,
                "start": at("10:00:01"),
                "end": at("10:40:00"),
            },
            {
                **base,
                "source": "auth.log",
                "service": "auth",
                "template": "token expired",
                "count": 2,
                "start": at("10:41:00"),
                "end": at("10:41:01"),
            },
            {
                **base,
                "source": "cdn.log",
                "service": "cdn",
                "template": "hello",
                "count": 1,
                "start": at("10:10:00"),
                "end": at("10:10:00"),
                "severity": 9,
            },
        ]
    )
    told = composed(*STORY, episodes=signs).query("kind == 'log'")
    # Its pauses make no further rows.
    assert told["summary"].tolist() == ["new error in auth: token expired (x349)"]
    assert told["citations"].tolist() == [["auth.log:3", "auth.log:90"]] and told["reason"].tolist() == ["first_seen"]
    assert told["end"].tolist() == [pd.Timestamp(at("10:41:01"), tz="UTC")]


def test_a_ranked_change_is_told_however_long_before() -> None:
    culprit = {"at": at("04:00:00"), "score": 0.9, "summary": "x", "citations": ["change.json:1"]}
    frame = composed(change("04:00:00", "token refresh off", "flags"), *STORY[1:], changes=[culprit])
    assert frame["summary"].tolist()[0] == "dana: token refresh off"


def test_dark_windows_are_silence() -> None:
    frame = composed(*STORY, windows=[window("10:00:00", "10:40:00", "dark")])
    told = frame.loc[frame["kind"] == "request", "summary"].tolist()
    assert told == ["requests stop for 40 min", "requests come again"]
    assert "silence" in set(frame["reason"])


def sign(source: str, service: str, count: int, start: str, end: str, text: str = "token expired") -> dict[str, Any]:
    return {
        "source": source, "service": service, "template": text, "severity": 17, "count": count, "start": at(start),
        "end": at(end), "line": 3, "last_line": 90, "sources": 1, "new": True, "burst": False, "stopped": False,
    }  # fmt: skip


def test_bystanders_are_not_told_for_passing_on_the_error_or_for_a_stray_one() -> None:
    signs = pd.DataFrame([
        sign("auth.log", "auth", 347, "10:00:01", "10:40:00"),
        sign("cart.log", "cart", 2, "10:20:00", "10:21:00"),
        sign("docs.log", "docs", 1, "10:22:00", "10:22:00", "no such page"),
        sign("feed.log", "feed", 40, "10:01:00", "10:39:00", "no answer of auth"),
    ])  # fmt: skip
    told = composed(*STORY, episodes=signs).query("kind == 'log'")
    assert told["service"].tolist() == ["auth", "feed"]


def test_what_broke_a_moment_before_users_felt_it_is_of_the_impact() -> None:
    signs = pd.DataFrame([sign("auth.log", "auth", 347, "09:59:59", "10:40:00")])
    assert composed(*STORY, episodes=signs).query("kind == 'log'")["phase"].tolist() == ["impact"]


def test_a_page_of_another_incident_says_of_which() -> None:
    frame = composed(*STORY, page("10:07:00", "acknowledged", "al", title="DiskWillFill", incident="Q9"))
    said = frame.loc[frame["reason"] == "acknowledge", "summary"].tolist()
    assert said[0] == "priya.n acknowledged the page" and said[1].startswith("al acknowledged the page: DiskWillFill")


def test_a_window_that_the_exports_cut_says_so() -> None:
    cut = [window("10:00:00", "10:40:00", open_start=True, open_end=True, services=["auth"], failed=3, requests=9)]
    assert composed(*STORY, windows=cut).query("kind == 'request'")["summary"].tolist() == [
        "requests to auth already fail as the exports begin: 3 of 9 fail until the exports end"
    ]
