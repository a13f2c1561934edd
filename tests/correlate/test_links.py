"""Records of one thing by ids."""

from __future__ import annotations

from postmortem_timeline.correlate.links import links
from tests.correlate.story import alert, change, chat, notables, page

SHA = "fbf3101cceb9e4c833b474e18c9239b38736f56f"


def things(*rows: dict) -> list[int]:
    return links(notables(*rows)).tolist()


def test_blank_ids_join_nothing() -> None:
    blank = [
        change("10:00:00", "one", key=""),
        change("10:00:01", "two", key="-"),
        change("10:00:02", "three", key="null"),
    ]
    assert things(*blank, change("10:00:03", "four", key="000000")) == [0, 1, 2, 3]


def test_what_people_mention_joins_nothing() -> None:
    said = chat("10:05:00", "jo", f"was it {SHA[:7]} or #4711?", channel="general")
    assert things(change("10:00:00", "release", key=SHA), page("10:01:00", "triggered"), said) == [0, 1, 2]


def test_a_post_that_lists_commits_is_about_none() -> None:
    listed = chat("10:05:00", "GitHub", f"{SHA[:7]} and 57a986c", bot=True, channel="general")
    assert things(change("10:00:00", "release", key=SHA), listed) == [0, 1]


def test_one_thread_stamp_in_two_channels_is_two_threads() -> None:
    one, other = chat("10:00:00", "jo", "a", channel="a"), chat("10:00:00", "jo", "b", channel="b")
    assert things(one, other) == [0, 1]


def test_alert_page_and_channel_are_one_thing() -> None:
    fired = alert("10:00:00", "AuthHighErrorRate", key="409c5ef189ff38e0")
    trigger = page("10:00:04", "triggered", attributes={"incident_key": "409c5ef189ff38e0"})
    assert things(fired, trigger, page("10:01:00", "acknowledged"), chat("10:02:00", "jo", "on it")) == [0, 0, 0, 0]


def test_a_deployment_and_its_commit_are_one_change() -> None:
    assert things(change("10:00:00", "release", key=SHA), change("10:00:00", "fix", key=SHA[:10])) == [0, 0]
