from __future__ import annotations

import re

import pytest

from postmortem_timeline.views import svg
from postmortem_timeline.views.lanes import Frame

DATA = {"start": "1970-01-01T00:00:00.000Z", "bucket_seconds": 10, "total": [10] * 60, "failed": [0] * 30 + [4] * 30}


def test_nothing_counted_is_no_picture():
    assert svg.curve(None, Frame(0, 600_000)) is None
    assert svg.curve({**DATA, "total": [], "failed": []}, Frame(0, 600_000)) is None
    assert svg.curve(DATA, Frame(10_000_000, 20_000_000)) is None


def test_no_spike_is_lost():
    values = [0.0] * 30_000
    values[12_345] = 99.0
    assert max(high for _, high in svg.decimate(values, 1000)) == 99.0
    assert len(svg.decimate(values, 1000)) == 1000
    assert svg.decimate([1, 2], 1000) == [(1, 1), (2, 2)]


def test_the_curve_is_small_however_long():
    data = {**DATA, "total": list(range(100_000)), "failed": [1] * 100_000, "bucket_seconds": 1}
    assert len(svg.curve(data, Frame(0, 100_000_000)).total) < 40_000


def test_axes_end_on_round_numbers():
    picture = svg.curve({**DATA, "failed": [0] * 30 + [2] * 30}, Frame(0, 600_000))
    assert [tick.label for tick in picture.left] == ["0", "1", "2"]
    assert [tick.label for tick in picture.right] == ["0", "5", "10"]


def test_many_failures_share_the_axis_of_all_requests():
    picture = svg.curve({**DATA, "failed": [0] * 30 + [8] * 30}, Frame(0, 600_000))
    assert picture.left == picture.right


@pytest.mark.parametrize(("value", "top"), [(0, 2), (2, 2), (3, 4), (9, 10), (10, 10), (11, 12), (17, 20), (45, 60), (81, 100), (108, 120)])
def test_round_up(value, top):
    assert svg.round_up(value) == top


def test_ticks_are_round_and_say_a_new_day():
    labels = [tick.label for tick in svg.time_ticks(Frame(86_400_000 - 1_800_000, 86_400_000 + 1_800_000))]
    assert labels[0].startswith("Jan 1 23:") and "Jan 2 00:00" in labels


def test_the_standalone_picture_is_xml_that_holds_hostile_titles():
    picture = svg.curve(DATA, Frame(0, 600_000))
    drawn = svg.standalone(picture, windows=[(50, 100)], title='"><script>')
    assert "<script" not in drawn
    import xml.etree.ElementTree as xml

    assert xml.fromstring(drawn).tag.endswith("svg")
    assert not re.search(r"nan|inf", drawn)
