from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from postmortem_timeline.correlate.outages import outages
from postmortem_timeline.correlate.several import several
from postmortem_timeline.correlate.vantage import server_error
from postmortem_timeline.digest.requests import SPILLED
from postmortem_timeline.digest.users import Users
from tests.correlate.traffic import START, spans

SOURCE = "web-1/access.log"


def hour(failing: list[tuple[int, int]], *, rate: int = 2, people: int = 500, known: bool = True) -> tuple[pd.DataFrame, Users]:
    """`rate` good requests a second of `people` in turn; `failing` are (second, user) more, which fail."""
    second = np.repeat(np.arange(3600), rate)
    who, bad = np.arange(len(second)) % people, np.zeros(len(second), np.int64)
    second = np.r_[second, [at for at, _ in failing]].astype(np.int64)
    who, bad = np.r_[who, [user for _, user in failing]], np.r_[bad, np.ones(len(failing), np.int64)]
    frame = pd.DataFrame({"second": second + START, "n": 1, "failed": bad}).groupby("second", as_index=False).sum()
    rows = np.zeros(len(second), SPILLED)
    rows["ms"], rows["status"], rows["user"] = (second + START) * 1000, np.where(bad, 500, 200), who + 1 if known else 0
    users = Users()
    users.add(SOURCE, rows)
    return frame.assign(key="shop", source=SOURCE, duration_us=0, timed=0), users


def kept(requests: pd.DataFrame, users: Users) -> list[tuple[int, int]]:
    found = outages(requests)
    return spans(several(found, users, [SOURCE], server_error, {}, total=int(requests["n"].sum())).windows)


@pytest.mark.parametrize(
    "failing",
    [
        pytest.param([(t, 7) for t in range(1000, 1600, 4)], id="one client asks for ten minutes"),
        pytest.param([(t, 7 + t % 2) for t in range(1000, 1600, 4)], id="two of many do"),
        pytest.param([(1000 + i // 2, i) for i in range(10)], id="ten users within five seconds"),
    ],
)
def test_no_outage(failing):
    requests, users = hour(failing)
    assert len(outages(requests).windows) == 1
    assert kept(requests, users) == []


@pytest.mark.parametrize(
    ("failing", "more"),
    [
        pytest.param([(t, t) for t in range(1000, 1600, 4)], {}, id="everybody once"),
        pytest.param([(t, t % 20) for t in range(1000, 1600, 4)], {}, id="twenty users who try again"),
        pytest.param([(t, t % 8 // 4) for t in range(1000, 1600, 4)], {"people": 6}, id="two users of six"),
        pytest.param([(t, 7) for t in range(1000, 1600, 4)], {"known": False}, id="nobody knows who"),
    ],
)
def test_an_outage(failing, more):
    assert kept(*hour(failing, **more)) == [(1000, 1596)]


def test_a_short_spell_beside_a_long_one_is_a_spell_of_it():
    requests, users = hour([(t, t) for t in range(1000, 1600, 4)] + [(2000 + i // 2, i) for i in range(10)])
    assert kept(requests, users) == [(1000, 1596), (2000, 2004)]


MISHAPS = [(at + i, 10 * at + i) for at in (300, 900, 2500, 3100) for i in range(5)]


@pytest.mark.parametrize(
    ("failing", "more"),
    [
        pytest.param([], [], id="each by itself"),
        pytest.param([(930 + i, i) for i in range(5)], [], id="two of five near each other"),
        pytest.param([(t, t) for t in range(1800, 1860)], [(1800, 1859)], id="a minute of failures among them"),
    ],
)
def test_mishaps_are_compared_with_those_of_the_same_hour(failing, more):
    assert kept(*hour(MISHAPS + failing)) == more
