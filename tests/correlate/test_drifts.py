import numpy as np

from postmortem_timeline.correlate.drifts import drifts
from postmortem_timeline.correlate.offsets import Offset
from postmortem_timeline.digest.shift import Shift

HOUR = 3600 * 10**9
HOSTS = {"app": "app-1", "web-1": "web-1", "web-2": "web-2"}


def edge(drift: float, *, known: bool = True) -> Offset:
    return Offset(4.0, 200, 200, 1, drift_per_hour=drift, drift_known=known)


def test_of_two_clocks_nobody_can_say_which_one_drifts():
    assert drifts(HOSTS, {("web-1", "app"): edge(9)}) == {}


def test_too_few_records_say_nothing_of_a_drift():
    assert drifts(HOSTS, {("web-1", "app"): edge(0), ("web-2", "app"): edge(9, known=False)}) == {}


def test_what_the_fit_itself_is_off_by_is_no_drift():
    assert drifts(HOSTS, {("web-1", "app"): edge(0.4), ("web-2", "app"): edge(-0.5)}) == {}


def test_the_odd_one_out_drifts():
    assert drifts(HOSTS, {("web-1", "app"): edge(0.2), ("web-2", "app"): edge(9)}) == {"web-2": 8.9}


def test_where_all_gateways_differ_from_it_the_application_drifts():
    assert drifts(HOSTS, {("web-1", "app"): edge(-9), ("web-2", "app"): edge(-9)}) == {"app": 9}


def test_of_two_the_one_that_others_agree_with_is_right():
    assert drifts(HOSTS, {("web-2", "app"): edge(9)}, {"app", "web-1"}) == {"web-2": 9}


def test_a_line_leads_from_true_to_stamped_and_back():
    shift = Shift(4 * 10**9, drift=36.0, at=10 * HOUR)
    assert shift.stamped(10 * HOUR) - 10 * HOUR == 4 * 10**9
    assert shift.stamped(12 * HOUR) - 12 * HOUR == 76 * 10**9
    true = np.array([8 * HOUR, 10 * HOUR, 13 * HOUR])
    stamped = np.array([shift.stamped(int(t)) for t in true])
    assert (np.abs(stamped - shift.of_stamped(stamped) - true) <= 1).all()
