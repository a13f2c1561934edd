from __future__ import annotations

import pytest

from postmortem_timeline.views import lanes

SHOWN = lanes.Frame(0, 100_000)


def row(second, kind="chat", end=None, reason="note"):
    def text(at):
        return f"1970-01-01T00:00:{at:02d}.000Z"

    return {"start": text(second), "end": text(end) if end else None, "kind": kind, "reason": reason}


def test_a_row_without_time_is_in_no_lane():
    assert lanes.lanes([{"start": None, "kind": "log"}], SHOWN) == []


@pytest.mark.parametrize(
    ("kind", "reason", "lane"),
    [
        ("page", "page", "alerts"),
        ("page", "acknowledge", "people"),
        ("log", "burst", "errors"),
        ("metric", "burst", "errors"),
        ("request", "recovery", "requests"),
        ("ticket", "note", "people"),
        (None, None, "errors"),
    ],
)
def test_lane_of(kind, reason, lane):
    assert lanes.lane_of({"kind": kind, "reason": reason}) == lane


def test_near_entries_lie_above_each_other_and_far_ones_side_by_side():
    (lane,) = lanes.lanes([row(10), row(11), row(50)], SHOWN)
    assert [entry.level for entry in lane.entries] == [0, 1, 0]
    assert lane.levels == 2


def test_however_many_there_are_the_levels_are_few():
    (lane,) = lanes.lanes([row(10)] * 50, SHOWN)
    assert lane.levels == lanes.LEVELS


def test_what_lies_outside_stands_at_the_edge():
    shown = lanes.Frame(20_000, 40_000)
    (lane,) = lanes.lanes([row(1), row(30), row(50)], shown)
    assert [(entry.left, entry.outside) for entry in lane.entries] == [(0.0, -1), (50.0, 0), (100.0, 1)]


def test_spans_have_a_width():
    (lane,) = lanes.lanes([row(10, end=30)], SHOWN)
    assert (lane.entries[0].left, lane.entries[0].width) == (10.0, 20.0)


def test_the_frame_is_the_incident_not_the_change_hours_before():
    at = "2025-07-15T{}.000Z".format
    incident = {
        "lifecycle": {"changed": {"at": at("11:42:00")}, "resolved": {"at": at("18:42:00")}},
        "impact": {"windows": [[at("17:42:00"), at("18:22:00")]]},
    }
    shown = lanes.frame(incident, [])
    assert (shown.end - shown.start) / 60_000 == 75


def test_entries_at_the_edge_have_levels_of_their_own():
    (lane,) = lanes.lanes([row(second) for second in range(1, 8)], lanes.Frame(20_000, 40_000))
    assert [entry.level for entry in lane.entries] == list(range(7))


def test_words_stand_in_a_wide_bar_else_up_to_the_next_entry_of_the_level():
    (lane,) = lanes.lanes([row(10, end=30), row(40), row(42), row(58)], SHOWN)
    bar, dot, above, last = lane.entries
    assert bar.words == (10.0, 20.0)
    assert (dot.words, last.words) == ((40.0, 18.0), (58.0, 42.0))
    assert above.level == 1 and above.words == (42.0, 58.0)


def test_where_there_is_no_room_there_are_no_words():
    (lane,) = lanes.lanes([row(10), row(14)], SHOWN)
    assert [entry.words for entry in lane.entries] == [None, (14.0, 86.0)]


def test_words_at_the_right_edge_share_the_gap_with_those_before():
    (lane,) = lanes.lanes([row(30), row(50)], lanes.Frame(20_000, 40_000))
    assert [entry.words for entry in lane.entries] == [(50.0, 25.0), (75.0, 25.0)]


@pytest.mark.parametrize(
    ("summary", "label"),
    [
        ("auth: alert ErrorRatio fired (critical)", "ErrorRatio fired (critical)"),
        ("new error in auth: token expired (x38)", "token expired (x38)"),
        ("on-call: looking", "looking"),
        ("status page, identified: logins fail", "identified: logins fail"),
        ("an alert would have helped", "an alert would have helped"),
    ],
)
def test_a_label_leaves_out_what_the_lane_says(summary, label):
    assert lanes.label({"summary": summary, "actor": "on-call"}) == label


def test_of_those_at_one_place_on_one_level_only_the_last_has_words():
    (lane,) = lanes.lanes([row(10)] * (lanes.LEVELS + 1), SHOWN)
    together = [entry for entry in lane.entries if entry.level == 0]
    assert [entry.words is None for entry in together] == [True, False]
