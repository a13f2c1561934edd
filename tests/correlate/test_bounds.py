import pandas as pd

from postmortem_timeline.correlate.bounds import bounded
from postmortem_timeline.correlate.outages import Outages

MINUTE = 60 * 10**9


def told(*windows: tuple[float, float, str, list[str], int], since=None, until=None, lives=()) -> tuple[list[int], list[int]]:
    """The begins (minutes) of the windows that are told, and of the others."""
    rows = [
        {"start_ns": int(a * MINUTE), "end_ns": int(b * MINUTE), "kind": kind, "services": names, "failed": failed}
        for a, b, kind, names, failed in windows
    ]
    frame = pd.DataFrame(rows)
    found = Outages(frame, frame, frame.iloc[:0], {})
    bounds = [None if edge is None else edge * MINUTE for edge in (since, until)]
    pages = [(int(a * MINUTE), int(b * MINUTE)) for a, b in lives]
    mine, others = bounded(found, bounds[0], bounds[1], pages)
    assert len(mine.services) == len(mine.windows)
    return [(mine.windows["start_ns"] // MINUTE).tolist(), (others["start_ns"] // MINUTE).tolist()]


def test_spells_of_one_service_are_one_incident():
    assert told((0, 3, "failed", ["auth"], 9), (80, 90, "failed", ["auth", "cart"], 90)) == [[0, 80], []]


def test_services_that_fail_soon_after_each_other_are_one_incident():
    assert told((0, 3, "failed", ["auth"], 9), (20, 30, "failed", ["cart"], 90)) == [[0, 20], []]


def test_a_page_that_stays_open_holds_different_services_together():
    windows = (0, 3, "failed", ["auth"], 9), (90, 95, "failed", ["cart"], 90)
    assert told(*windows, lives=[(1, 100)]) == [[0, 90], []]


def test_other_services_after_a_calm_are_another_incident():
    assert told((0, 3, "failed", ["auth"], 9), (90, 95, "failed", ["cart"], 90)) == [[90], [0]]


def test_a_dark_gateway_and_a_failing_service_are_two():
    names = ["auth", "cart", "search"]
    assert told((0, 9, "dark", names, 0), (90, 95, "failed", ["cart"], 90)) == [[90], [0]]


def test_one_service_fails_again_after_its_page_was_closed():
    assert told((0, 9, "failed", ["cart"], 99), (90, 95, "failed", ["cart"], 90), lives=[(2, 15)]) == [[0], [90]]


def test_bounds_choose_whatever_is_larger():
    windows = (0, 3, "failed", ["auth"], 9), (90, 95, "failed", ["cart"], 90)
    assert told(*windows, until=20) == [[0], [90]]
    assert told(*windows, since=20) == [[90], [0]]
