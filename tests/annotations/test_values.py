"""Single values of `incident.toml`."""

from __future__ import annotations

import datetime as dt

import pytest

from postmortem_timeline.annotations import values
from postmortem_timeline.errors import AnnotationError


@pytest.mark.parametrize("item", ["5x", "xx", "50", "5000", "", "500-", True, "0xx", "9xx"])
def test_no_status(item):
    with pytest.raises(AnnotationError):
        values.statuses([item])


def test_statuses():
    assert values.statuses(["5XX"]) == frozenset(range(500, 600))
    assert values.statuses([401, "429", "500-502"]) == {401, 429, 500, 501, 502}


@pytest.mark.parametrize(
    ("name", "hours"), [("+02:00", 2), ("-0530", -5.5), ("UTC+1", 1), ("Europe/Berlin", 2), ("UTC", 0), (" +14 ", 14)]
)
def test_zone(name, hours):
    assert dt.datetime(2025, 7, 15, tzinfo=values.zone(name)).utcoffset() == dt.timedelta(hours=hours)


@pytest.mark.parametrize("name", ["Berlin", "+25:00", "", "../etc/passwd", "/etc/localtime"])
def test_no_zone(name):
    with pytest.raises(AnnotationError):
        values.zone(name)


@pytest.mark.parametrize(
    ("said", "length"), [(90, 90), (-1.5, -1.5), ("90s", 90), ("+1m30s", 90), ("-2h", -7200), ("1h 2m 3.5s", 3723.5)]
)
def test_seconds(said, length):
    assert values.seconds(said) == length


@pytest.mark.parametrize("said", ["", "-", "90", True, "1d", None])
def test_no_seconds(said):
    with pytest.raises(AnnotationError):
        values.seconds(said)


@pytest.mark.parametrize("said", [0.999, 99.9, "99.9%", "0.999", " 99.9 % "])
def test_share(said):
    assert values.share(said) == 0.999


@pytest.mark.parametrize("said", [0, 1, 100, "100%", -1, True, "nan", "", "101"])
def test_no_share(said):
    with pytest.raises(AnnotationError):
        values.share(said)
