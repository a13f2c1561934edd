"""One event told several times."""

from __future__ import annotations

import itertools

import pandas as pd

from postmortem_timeline.correlate.copies import copies
from postmortem_timeline.correlate.echoes import echoes
from tests.correlate.story import alert, at, change, chat, notables, page, status


def grouped(*rows: dict) -> list[list[int]]:
    return [sorted(members) for members in echoes(notables(*rows))["rows"]]


def bot(when: str, text: str, **more: object) -> dict:
    return chat(when, "Alertmanager", text, bot=True, **more)


def test_an_empty_frame_has_no_groups() -> None:
    assert len(echoes(notables())) == 0


def test_two_people_never_merge_even_word_for_word() -> None:
    text = "error rate is back to normal again"
    assert grouped(chat("10:00:00", "jo", text), chat("10:00:01", "al", text, channel="ops")) == [[0], [1]]


def test_firing_and_resolved_are_two_events() -> None:
    assert grouped(alert("10:00:00", "A1High"), alert("10:01:00", "A1High", action="resolved")) == [[0], [1]]


def test_siblings_with_one_name_stay_apart() -> None:
    rows = [alert("10:00:00", "HighErrorRatio", "catalog"), alert("10:00:02", "HighErrorRatio", "checkout"),
            bot("10:00:05", "[FIRING] HighErrorRatio checkout (critical): 17% fail")]  # fmt: skip
    assert grouped(*rows) == [[0], [1, 2]]


def test_a_second_firing_is_a_second_event_however_soon() -> None:
    rows = [alert("10:00:00", "A1High"), alert("10:00:30", "A1High", action="resolved"), alert("10:01:00", "A1High")]
    assert grouped(*rows) == [[0], [1], [2]]
    assert grouped(alert("10:00:00", "A1High"), alert("10:01:00", "A1High")) == [[0], [1]]


def test_a_post_long_after_or_before_is_no_echo() -> None:
    text = "[FIRING:1] A1High auth (critical)"
    assert grouped(alert("10:00:00", "A1High"), bot("10:10:00", text)) == [[0], [1]]
    assert grouped(bot("09:59:00", text), alert("10:00:00", "A1High")) == [[0], [1]]


def test_a_persons_resolve_is_not_the_monitors() -> None:
    rows = [alert("10:00:00", "A1High", action="resolved"), page("10:00:20", "resolved", title="A1High")]
    assert grouped(*rows) == [[0], [1]]


def test_two_posts_of_one_bot_are_not_one_alert_twice() -> None:
    rows = [
        alert("10:00:00", "A1High"),
        bot("10:00:05", "[FIRING] A1High auth"),
        bot("10:00:06", "[FIRING] A1High auth, see runbook"),
    ]
    assert grouped(*rows) == [[0, 1], [2]]


def test_alert_page_series_and_post_are_one_event_with_each_ones_time() -> None:
    rows = [
        alert("10:00:00", "A1High", labels={"cluster": "shop"}, key="f1"),
        alert("10:00:02", "A1High", key="f2", format="prometheus", source="series.json"),
        page("10:00:04", "triggered", "Prometheus", title="A1High", attributes={"incident_key": "f1"}),
        bot("10:00:06", "[FIRING:1] A1High auth (critical)"),
    ]
    (group,) = echoes(notables(*rows)).to_dict("records")
    assert group["rows"] == [0, 1, 2, 3] and group["sources"] == 4
    assert group["kind"] == "alert" and group["start"] == at("10:00:00")
    assert group["times"] == [at("10:00:00"), at("10:00:02"), at("10:00:04"), at("10:00:06")]
    assert len(group["citations"]) == 4


def test_two_bots_of_one_channel_are_two_mirrors_whoever_was_notified_meanwhile() -> None:
    rows = [
        alert("10:00:00", "AuthHighErrorRate", key="f1"),
        page("10:00:05", "triggered", "Prometheus", attributes={"incident_key": "f1"}),
        page("10:00:06", "notified", "Prometheus"),
        chat("10:00:07", "PagerDuty", "Triggered #4711: AuthHighErrorRate auth", bot=True),
        bot("10:00:20", "[FIRING:1] AuthHighErrorRate auth (critical)"),
    ]
    assert grouped(*rows) == [[0, 1, 3, 4], [2]]


def test_webhooks_that_repeat_a_state_are_one_event() -> None:
    rows = [
        alert("10:00:00", "A1High", line=1),
        alert("10:00:00", "A1High", line=5),
        alert("10:00:00", "A1High", line=9),
    ]
    assert [group["count"] for group in echoes(notables(*rows)).to_dict("records")] == [3]


def test_a_bots_reminder_is_a_repeat_until_the_state_changed() -> None:
    rows = [bot("10:00:00", "[FIRING] A1High: 17% fail"), bot("11:00:00", "[FIRING] A1High: 20% fail"),
            bot("11:30:00", "[RESOLVED] A1High: 2% fail"), bot("12:00:00", "[FIRING] A1High: 18% fail")]  # fmt: skip
    assert grouped(*rows) == [[0, 1], [2], [3]]


def test_replicas_of_a_monitor_see_one_firing() -> None:
    rows = [
        alert("10:00:00", "A1High", key="f1", labels={"replica": "a"}),
        alert("10:00:05", "A1High", key="f2", labels={"replica": "b"}),
    ]
    assert grouped(*rows) == [[0, 1]]


def test_commit_deployment_and_post_are_one_change_told_by_the_deployment() -> None:
    sha = "fbf3101cceb9e4c833b474e18c9239b38736f56f"
    rows = [
        change("10:00:00", "show the discount", key=sha, action="committed", source="git-log.txt", format="git_log"),
        change("10:00:10", "release checkout-2.9.0", key=sha, source="deployments.json", format="github"),
        chat("10:00:30", "deploybot", "checkout-2.9.0 deployed to production", bot=True),
    ]
    (group,) = echoes(notables(*rows)).to_dict("records")
    assert sorted(group["rows"]) == [0, 1, 2] and group["body"] == "release checkout-2.9.0"


def test_an_old_commit_is_not_its_deployment() -> None:
    sha = "fbf3101cceb9e4c833b474e18c9239b38736f56f"
    rows = [change("08:00:00", "a", key=sha, source="git-log.txt"), change("10:00:00", "b", key=sha, source="d.json")]
    assert grouped(*rows) == [[0], [1]]


def test_a_bridge_that_relays_a_person_is_an_echo() -> None:
    text = "we are rolling back checkout to the previous release"
    rows = [
        chat("10:00:00", "jo", text),
        chat("10:00:02", "bridge", text, bot=True, source="teams.json", format="teams"),
    ]
    assert grouped(*rows) == [[0, 1]]


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = [alert("10:00:00", "A1High", line=1), page("10:00:04", "triggered", "Prometheus", title="A1High", line=2),
            bot("10:00:06", "[FIRING] A1High auth", line=3), status("10:05:00", "investigating", line=4)]  # fmt: skip
    told = [echoes(notables(*order))["citations"].tolist() for order in itertools.permutations(rows)]
    assert all(one == told[0] for one in told)


def test_copies_need_an_id_and_another_place() -> None:
    twice = [chat("10:00:00", "jo", "hello", source=source) for source in ("a.json", "b.json")]
    assert copies(notables(*twice)).tolist() == [None, "a.json:1"]
    blank = [chat("10:00:00", "jo", "hello", channel="", source=source) for source in ("a.json", "b.json")]
    assert copies(notables(*blank)).isna().all()
    webhooks = [alert("10:00:00", "A1High", line=line) for line in (1, 2)]
    assert copies(notables(*webhooks)).isna().all()


def test_copies_ignore_who_watched() -> None:
    rows = [
        alert("10:00:00", "A1High", key=key, labels={"prometheus": key}, source=f"{key}.json") for key in ("a", "b")
    ]
    assert copies(notables(*rows)).tolist() == [None, "a.json:1"]
    assert isinstance(copies(notables()), pd.Series)
