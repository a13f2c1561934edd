from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from postmortem_timeline.correlate.edges import nearest_seconds, refine, whole_seconds
from postmortem_timeline.correlate.outages import COLUMNS, outages
from postmortem_timeline.correlate.viterbi import LEVELS, gains, paths, steps
from tests.correlate.traffic import BACKGROUND, START, failures, heartbeat, spans, traffic

S = 1_000_000_000


# What is no outage.


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param(traffic(30 / 3600, 2), id="30 requests an hour"),
        pytest.param(traffic(10, 1), id="ten a second"),
        pytest.param(traffic(10, 1, background=0.01), id="one in a hundred always fails"),
        pytest.param(traffic(10, 1, bursts=tuple((500 * i, 5) for i in range(1, 7))), id="bursts are its habit"),
        pytest.param(traffic(10, 1, ((0, 3600, 1.0),)), id="all of it fails, and nothing says what is usual"),
        pytest.param(traffic(10, 1).iloc[:0], id="no requests"),
    ],
)
def test_calm(requests):
    found = outages(requests, heartbeat(2))
    assert found.windows.empty and found.services.empty and found.not_covered.empty
    assert list(found.windows.columns) == [*COLUMNS, "chance"]


@pytest.mark.parametrize(
    ("requests", "others"),
    [
        pytest.param(traffic(0.05, 4), heartbeat(4), id="rare traffic has long gaps"),
        pytest.param(
            pd.concat([traffic(5, h + 1 / 60, silent=((0, h * 3600),)) for h in range(1, 30)]),
            heartbeat(30),
            id="one minute of traffic an hour",
        ),
        pytest.param(traffic(5, 2, silent=((3000, 3007),)), heartbeat(2, every=2), id="a pause of seconds"),
        pytest.param(traffic(5, 2, silent=((6000, 7200),)), heartbeat(2), id="a log that ends before the others"),
    ],
)
def test_no_silence(requests, others):
    assert outages(requests, others).windows.empty


def test_gap_in_all_sources_is_not_covered():
    found = outages(traffic(5, 2, silent=((3000, 4000),)))
    assert found.windows.empty
    assert spans(found.not_covered) == [(3000, 4000)]


def test_silence_of_another_service_does_not_widen_a_failure():
    login = traffic(5, 2, ((3000, 4200, 1.0),), key="auth")
    cart = traffic(1, 2, silent=((3020, 4290),), key="checkout")  # nobody is logged in
    found = outages(pd.concat([login, cart]), heartbeat(2))
    assert spans(found.windows) == [failures(login, 3000, 4200)]
    assert found.services["echo"].tolist() == [False, True]


# What is one.


@pytest.mark.parametrize(
    ("rate", "share", "begin", "end", "hours"),
    [
        pytest.param(3, 0.12, 3000, 5700, 2, id="one in eight for 45 minutes"),
        pytest.param(30 / 3600, 0.5, 7200, 10800, 6, id="30 requests an hour"),
        pytest.param(10, 0.01, 5000, 6800, 3, id="one in a hundred"),
        pytest.param(10, 1.0, 3000, 3020, 2, id="all, for 20 seconds"),
        pytest.param(3, 0.3, 1500, 6500, 2, id="most of the log"),
    ],
)
def test_failed(rate, share, begin, end, hours):
    requests = traffic(rate, hours, ((begin, end, share),))
    found = outages(requests, heartbeat(hours))
    spacing = 1 / (rate * share)
    ((start, stop),), (first, last) = spans(found.windows), failures(requests, begin, end)
    assert abs(start - first) <= max(5, 3 * spacing) and abs(stop - last) <= max(5, 3 * spacing)
    row = found.windows.iloc[0]
    assert (row["kind"], row["services"], row["open_start"], row["open_end"]) == ("failed", ["auth"], False, False)
    assert found.background["auth"] == pytest.approx(BACKGROUND, abs=0.02 if rate < 1 else 0.001)


def test_flapping_stays_several_windows():
    down = [(3000 + 300 * i, 3120 + 300 * i) for i in range(4)]
    requests = traffic(3, 2, tuple((a, b, 0.4) for a, b in down))
    assert spans(outages(requests).windows) == [failures(requests, a, b) for a, b in down]


def test_slow_burn_is_one_window():
    ramp = tuple((3000 + 60 * i, 3060 + 60 * i, 0.015 * (i + 1)) for i in range(40))
    requests = traffic(3, 2, ramp)
    ((start, stop),) = spans(outages(requests).windows)
    assert 3000 <= start < 3400 and stop == failures(requests, 3000, 5400)[1]


def test_outage_among_bursts():
    bursts = tuple((800 * i, 5) for i in range(1, 9))
    requests = traffic(10, 2, ((3000, 4500, 0.3),), bursts=bursts)
    assert spans(outages(requests).windows) == [failures(requests, 3000, 4500)]


@pytest.mark.parametrize(
    ("begin", "end", "opens"),
    [
        pytest.param(0, 2400, (True, False), id="begins inside"),
        pytest.param(5000, 7200, (False, True), id="ends inside"),
    ],
)
def test_open_edges(begin, end, opens):
    row = outages(traffic(3, 2, ((begin, end, 0.2),))).windows.iloc[0]
    assert (row["open_start"], row["open_end"]) == opens


def test_services_fail_together_in_one_window_but_keep_their_own():
    cart, login, other = (
        traffic(3, 2, ((3000, 4000, 0.5),), key="checkout", seed=1),
        traffic(2, 2, ((3500, 4500, 0.5),), key="auth", seed=2),
        traffic(5, 2, key="catalog", seed=3),
    )
    found = outages(pd.concat([cart, login, other]))
    assert spans(found.windows) == [(failures(cart, 3000, 4000)[0], failures(login, 3500, 4500)[1])]
    assert found.windows["services"].tolist() == [["auth", "checkout"]]
    assert found.services["services"].tolist() == [["checkout"], ["auth"]]


def test_fault_spread_thinly_over_many_services_shows_in_their_sum():
    many = pd.concat([traffic(0.05, 3, ((5000, 8600, 0.03),), key=f"s{i:02d}", seed=i) for i in range(40)])
    ((start, stop),), (first, last) = spans(outages(many).windows), failures(many, 5000, 8600)
    assert abs(start - first) < 60 and abs(stop - last) < 60


def test_silence():
    ((start, stop),) = spans(outages(traffic(5, 2, silent=((3000, 4000),)), heartbeat(2)).windows)
    assert abs(start - 3000) <= 2 and abs(stop - 4000) <= 2


def test_a_log_that_is_rotated_in_a_silence_still_comes_back():
    requests = traffic(5, 2, silent=((3000, 4000),))
    older = requests["second"] < START + 3500
    requests["source"] = np.where(older, "web-1/access.log.1.gz", "web-1/access.log")
    sources = pd.DataFrame({"source": ["web-1/access.log", "web-1/access.log.1.gz", "lb-1/syslog"], "host": ["web-1", "web-1", "lb-1"]})
    ((start, stop),) = spans(outages(requests, heartbeat(2, source="lb-1/syslog"), sources).windows)
    assert abs(start - 3000) <= 2 and abs(stop - 4000) <= 2


def test_silence_until_the_end_needs_the_host_to_go_on():
    requests = traffic(5, 2, silent=((5000, 7200),))
    hosts = pd.DataFrame({"source": ["web-1/access.log", "web-1/syslog"], "host": "web-1"})
    row = outages(requests, heartbeat(2), hosts).windows.iloc[0]
    assert row["kind"] == "dark" and row["open_end"] and not row["open_start"]


def test_one_silent_service_is_named():
    found = outages(pd.concat([traffic(2, 2, silent=((3000, 4000),)), traffic(2, 2, key="catalog", seed=2)]))
    assert found.windows["services"].tolist() == [["auth"]] and found.windows["kind"].tolist() == ["dark"]


def test_slow_only_when_overwhelming():
    requests = traffic(5, 2)
    slow = requests["second"].between(START + 3000, START + 3600 - 1)
    twice = requests.assign(duration_us=requests["duration_us"].where(~slow, requests["duration_us"] * 2))
    assert outages(twice).windows.empty
    tenfold = requests.assign(duration_us=requests["duration_us"].where(~slow, requests["duration_us"] * 10))
    found = outages(tenfold).windows
    assert found["kind"].tolist() == ["slow"] and spans(found) == [(3000, 3600)]


def test_order_of_rows_does_not_matter():
    requests = pd.concat([traffic(3, 2, ((3000, 4000, 0.5),)), traffic(2, 2, key="catalog")], ignore_index=True)
    mixed = requests.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(outages(requests).windows, outages(mixed).windows)


# The path.


def _path(ok, bad, p0, gamma):
    """The same by trying every state for every second, without joining clean ones."""
    failed, good = gains(p0)
    cost = np.full((len(LEVELS) + 1,) * 2, 0.6 * gamma)
    cost[0, :], cost[:, 0] = gamma, 0
    np.fill_diagonal(cost, 0)
    best, back = np.r_[0.0, np.full(len(LEVELS), -np.inf)], []
    for k, n in zip(bad, ok, strict=True):
        moves = best[:, None] - cost
        back.append(moves.argmax(axis=0))
        best = moves.max(axis=0) + np.r_[0.0, k * failed + n * good]
    return best.max()


def test_joining_clean_seconds_loses_nothing():
    requests = traffic(3, 0.5, ((600, 700, 0.3), (900, 930, 0.9)))
    second, n, bad = (requests[name].to_numpy() for name in ("second", "n", "failed"))
    cut = steps(second, n, bad, second)
    (state,) = paths([cut], [BACKGROUND], [15.0])
    failed, good = gains(BACKGROUND)
    gain = sum(cut.bad[i] * failed[s - 1] + cut.ok[i] * good[s - 1] for i, s in enumerate(state) if s)
    before = np.r_[0, state[:-1]]
    gain -= 15.0 * ((state > 0) & (before == 0)).sum() + 9.0 * ((state > 0) & (before > 0) & (state != before)).sum()
    assert len(cut.bad) < len(second) / 5
    assert gain == pytest.approx(_path(n - bad, bad, BACKGROUND, 15.0))


def test_wide_steps_find_the_same_edges(monkeypatch):
    requests = traffic(10, 3, ((5000, 6800, 0.2),), background=0.01)
    exact = spans(outages(requests).windows)
    monkeypatch.setattr("postmortem_timeline.correlate.failing.MOST_STEPS", 300)
    assert spans(outages(requests).windows) == exact


# The edges.


@pytest.mark.parametrize(
    ("finer", "expected"),
    [
        pytest.param([], (100 * S, 200 * S), id="nothing finer"),
        pytest.param([150 * S], (100 * S, 200 * S), id="nothing within the edge seconds"),
        pytest.param([100 * S + 7, 100 * S + 9, 200 * S + 5, 200 * S + 8], (100 * S + 7, 200 * S + 8), id="both edges"),
        pytest.param([100 * S - 9], (100 * S, 200 * S), id="done just before the second in which the edge noted it"),
    ],
)
def test_refine(finer, expected):
    assert refine((100 * S, 200 * S), np.array(finer, np.int64)) == expected


def test_seconds_of_edges():
    refined = [(100 * S + S * 6 // 10, 200 * S + S * 7 // 10)]
    assert whole_seconds(refined) == [(100 * S, 201 * S)]
    assert nearest_seconds(refined) == [(101 * S, 201 * S)]
    assert nearest_seconds([(100 * S, 200 * S)]) == [(100 * S, 201 * S)]
