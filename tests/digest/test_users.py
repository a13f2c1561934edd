"""Distinct users inside windows: exact, by one kind of identity, wherever the rows are kept."""

from __future__ import annotations

import numpy as np
import pytest

from postmortem_timeline.digest import users as module
from postmortem_timeline.digest.requests import SPILLED
from postmortem_timeline.digest.shift import Shift
from postmortem_timeline.digest.users import Users

MS = 1_000_000  # ns


def rows(*told: tuple[int, int, int, int]) -> np.ndarray:
    """Rows of (ms, user, client, status)."""
    return np.array(list(told), SPILLED)


def failed(status: np.ndarray) -> np.ndarray:
    return status >= 500


def count(users: Users, *windows: tuple[int, int], offsets=None, sources=("web",)):
    """The count inside windows given in ms."""
    return users.count([(a * MS, b * MS) for a, b in windows], offsets or {}, list(sources), failed)


def of(*told: tuple[int, int, int, int], source: str = "web") -> Users:
    users = Users()
    users.add(source, rows(*told))
    return users


# What must not happen


def test_a_request_on_the_end_of_a_window_is_outside():
    assert count(of((100, 1, 0, 500), (200, 2, 0, 500)), (100, 200))["requests"] == 1


def test_overlapping_windows_count_a_request_once():
    assert count(of((100, 1, 0, 500)), (50, 150), (80, 200))["failed"] == 1


def test_other_sources_do_not_count():
    assert count(of((100, 1, 0, 500), source="app"), (0, 1000))["requests"] == 0


def test_no_identity_at_all_is_null_and_never_0():
    found = count(of((100, 0, 0, 500)), (0, 1000))
    assert found["identity"] is None and found["active"] is None and found["affected"] is None and found["failed"] == 1


def test_nothing_inside_is_no_share():
    found = count(Users(), (0, 1000))
    assert found["requests"] == 0 and found["active"] is None and found["ids_share"] == 0.0


# What is counted


def test_users_are_distinct_over_blocks_and_sources():
    users = of((100, 1, 0, 200), (110, 1, 0, 500), (120, 2, 0, 200))
    users.add("web-2", rows((130, 1, 0, 503), (140, 3, 0, 200)))
    found = count(users, (0, 1000), sources=("web", "web-2"))
    assert (found["active"], found["affected"], found["requests"], found["failed"]) == (3, 1, 5, 2)


def test_a_clock_is_subtracted():
    users = of((100_000, 1, 0, 500))
    assert count(users, (40_000, 41_000), offsets={"web": Shift(60 * 10**9)})["failed"] == 1
    assert count(users, (100_000, 101_000), offsets={"web": Shift(60 * 10**9)})["failed"] == 0


@pytest.mark.parametrize(
    ("ids", "addresses", "identity"),
    [
        (10, 10, "user"),
        (9, 10, "user"),
        (8, 10, "client"),
        (8, 8, "user"),
        (0, 10, "client"),
        (0, 8, None),
        (1, 0, "user"),
    ],
    ids=[
        "all ids",
        "ids cover nine in ten",
        "too few ids: addresses",
        "neither covers: the ids there are",
        "addresses alone",
        "too few addresses",
        "one id",
    ],
)
def test_one_kind_of_identity(ids, addresses, identity):
    users = of(*((n, n + 1 if n < ids else 0, n % 4 + 1 if n < addresses else 0, 500) for n in range(10)))
    found = count(users, (0, 1000))
    assert found["identity"] == identity
    assert found["ids_share"] == ids / 10
    assert found["active"] == {"user": ids, "client": 4, None: None}[identity]


def test_an_address_that_many_share_is_no_person():
    found = count(of(*((n, 0, 7 if n < 6 else n + 10, 200) for n in range(10))), (0, 1000))
    assert found["identity"] is None and found["affected"] is None
    assert "one address sends 60% of them" in found["reason"]


def many() -> list[tuple[str, np.ndarray]]:
    """Blocks of two sources, with users that recur."""
    rng = np.random.default_rng(7)
    blocks = []
    for number in range(12):
        block = np.zeros(500, SPILLED)
        block["ms"] = number * 1000 + rng.integers(0, 1500, 500)
        block["user"] = rng.integers(1, 400, 500)
        block["status"] = rng.choice([200, 200, 503], 500)
        blocks.append(("web" if number % 2 else "app", block))
    return blocks


def test_what_goes_to_the_scratch_file_counts_the_same(monkeypatch):
    windows = [(1_000, 2_500), (7_000, 9_999)]
    kept, spilled = Users(), Users()
    for source, block in many():
        kept.add(source, block)
    monkeypatch.setattr(module, "HELD", 3 * 500 * SPILLED.itemsize)
    for source, block in many():
        spilled.add(source, block)
    assert spilled.held <= module.HELD and any(part.rows is None for part in spilled.parts)
    for sources in (("web",), ("app",), ("web", "app")):
        assert count(kept, *windows, sources=sources) == count(spilled, *windows, sources=sources)


def test_against_plain_python():
    users = Users()
    inside: list[tuple[int, int]] = []
    for source, block in many():
        users.add(source, block)
        inside += [(int(r["user"]), int(r["status"])) for r in block if 1_000 <= r["ms"] < 2_500]
    found = count(users, (1_000, 2_500), sources=("web", "app"))
    assert found["active"] == len({u for u, _ in inside}) and found["affected"] == len(
        {u for u, s in inside if s >= 500}
    )
    assert found["requests"] == len(inside)
