"""What the response cost, by the messages of people."""

from __future__ import annotations

import pandas as pd
import pytest

from postmortem_timeline.impact.response import response_cost

START = 1_752_600_000
NS = 1_000_000_000


def said(*rows: tuple[int, str, bool]) -> pd.DataFrame:
    """Chat rows: seconds after START, who, whether a bot."""
    return pd.DataFrame({
        "kind": "chat", "actor": [who for _, who, _ in rows],
        "timestamp": pd.to_datetime([START + second for second, _, _ in rows], unit="s", utc=True).astype("datetime64[ns, UTC]"),
        "attributes": ['{"bot": true}' if bot else '{"bot": false}' for _, _, bot in rows],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "rate"),
    [(((0, "dana", False),), None), (((0, "Alertmanager", True),), 100.0), (((-10, "dana", False),), 100.0)],
    ids=["no rate", "only a bot", "before the incident"],
)
def test_nothing_is_invented(rows, rate):
    assert response_cost(said(*rows), START * NS, None, rate) is None


def test_overlapping_windows_of_one_person_are_one():
    found = response_cost(said((0, "dana", False), (100, "dana", False)), START * NS, None, 100.0)
    assert found is not None and found["hours"] == round(400 / 3600, 3) and found["amount"] == 11.11


def test_people_add_up():
    found = response_cost(said((0, "dana", False), (0, "li", False), (1000, "li", False)), START * NS, None, 60.0)
    assert found is not None and found["people"] == 2 and found["amount"] == 15.0
