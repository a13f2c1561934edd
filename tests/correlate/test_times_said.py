"""Times mentioned in chat."""

from __future__ import annotations

import pytest

from postmortem_timeline.correlate.times_said import times_said
from tests.correlate.story import at, clock

NOW = at("14:00:00")


@pytest.mark.parametrize(
    "text",
    [
        "lunch 12:30",
        "ratio 16:9 on the wall",
        "since 25:00",
        "at 10.0.0.1:8080",
        "from 10:30:99",
        "score 3:15",
        "at 13:00pm",
    ],
)
def test_no_time(text: str) -> None:
    assert times_said(text, NOW) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("failing since 13:45", "13:45:00", id="a word before it"),
        pytest.param("13:45Z first error", "13:45:00", id="a zone after it"),
        pytest.param("at 13:45:10 UTC", "13:45:10", id="with seconds"),
        pytest.param("at 15:45 CEST", "13:45:00", id="another zone"),
        pytest.param("at 15:45 +0200", "13:45:00", id="an offset"),
        pytest.param("started around 1:45 pm", "13:45:00", id="half days"),
        pytest.param("10 minutes ago", "13:50:00", id="ago"),
        pytest.param("half an hour ago", "13:30:00", id="ago in words"),
    ],
)
def test_time(text: str, expected: str) -> None:
    assert [clock(time.at) for time in times_said(text, NOW)] == [expected]


def test_a_time_later_than_the_message_was_yesterday() -> None:
    (time,) = times_said("since 23:50", at("00:10:00"))
    assert time.at == at("00:10:00") - 20 * 60 * 10**9


def test_a_zone_is_stated_or_assumed() -> None:
    assert [time.stated for time in times_said("since 13:40, at 13:45 UTC", NOW)] == [False, True]
    (time,) = times_said("since 15:40", NOW, zone_minutes=120)
    assert clock(time.at) == "13:40:00"
