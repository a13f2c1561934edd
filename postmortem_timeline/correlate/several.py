"""Windows whose failures are one user's own trouble, or one mishap of a few seconds, are no outage."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from postmortem_timeline.correlate.edges import SECOND, whole_seconds
from postmortem_timeline.correlate.mishaps import is_mishap
from postmortem_timeline.correlate.outages import Outages
from postmortem_timeline.digest.shift import Shift
from postmortem_timeline.digest.users import Users, identity_of

PART = 0.2  # of the active users: in the night two of six are many
AROUND = 900 * SECOND  # whoever asks within a quarter of an hour is there
MANY = 1_000  # failures that nobody sends alone; the users of larger windows are not asked for
BY_CHANCE = 0.01  # more than this, and mishaps of the background came near each other
OTHERS = 4.0  # nats by which the users beside one must be more than the background fails
NEAR = 1800 * SECOND  # a short spell so near to a longer one is a spell of it

Failed = Callable[[np.ndarray], np.ndarray]


def several(
    found: Outages, users: Users, sources: Sequence[str], failed: Failed, offsets: dict[str, Shift], width: int = 1,
    *, total: int = 0, alpha: float = 0.001,
) -> Outages:  # fmt: skip
    """The outages without mishaps and without windows of one user's own trouble.

    A count of failures cannot tell a client that tries again and again from an outage; who sent them can: users with a
    failed request must be more than the background fails, by the same standard as requests (failing.failing). Where
    requests carry neither ids nor addresses, only mishaps are left out. `total` is the number of all requests.
    """
    rows, standard = found.windows.to_dict("records"), math.log(max(total, 1) / alpha)
    plain = [
        row for row in rows
        if not _brief(row) and _of_many(row, found, users, list(sources), failed, offsets, width, standard)
    ]
    keep = [row in plain or (_brief(row) and _beside(row, plain)) for row in rows]
    if all(keep):
        return found
    gone = [(row["start_ns"], row["end_ns"]) for row, kept in zip(rows, keep, strict=True) if not kept]
    own = found.services
    inside = [any(a <= s and e <= b for a, b in gone) for s, e in zip(own["start_ns"], own["end_ns"], strict=True)]
    return found._replace(
        windows=found.windows[np.array(keep, bool)].reset_index(drop=True),
        services=own[~np.array(inside, bool)].reset_index(drop=True),
    )


def _brief(row: dict[str, Any]) -> bool:
    """One mishap, or some that came near each other as they would by chance."""
    seconds = (row["end_ns"] - row["start_ns"]) / SECOND
    return row["kind"] == "failed" and (is_mishap(row["failed"], seconds) or row.get("chance", 0.0) > BY_CHANCE)


def _beside(row: dict[str, Any], plain: list[dict[str, Any]]) -> bool:
    """Whether a plain window of the same services is near."""
    return any(
        set(row["services"]) <= set(other["services"])
        and other["start_ns"] - NEAR < row["start_ns"] < other["end_ns"] + NEAR
        for other in plain
    )


def _of_many(
    row: dict[str, Any], found: Outages, users: Users, sources: list[str], failed: Failed, offsets: dict[str, Shift],
    width: int, standard: float,
) -> bool:  # fmt: skip
    """Whether more users were failed than the background fails, or a good part of those who are there."""
    if row["kind"] != "failed" or row["failed"] > MANY:
        return True
    span = whole_seconds([(int(row["start_ns"]), int(row["end_ns"]))], width)
    rows = users.inside(span, offsets, sources)
    identity = identity_of(rows)
    if identity is None:
        return True
    hit = _distinct(rows[identity][failed(rows["status"].astype(np.int64))])
    # Each user's failures together speak as loud as one; and without the loudest user there is still an outage.
    usual = max((found.background.get(str(key), 0.0) for key in row["services"]), default=0.0) * row["requests"]
    if not hit or (row["score"] * hit / max(row["failed"], 1) >= standard and _nats(hit - 1, usual) >= OTHERS):
        return True
    around = [(start - AROUND, end + AROUND) for start, end in span]
    return hit >= PART * _distinct(users.inside(around, offsets, sources)[identity])


def _distinct(keys: np.ndarray) -> int:
    return len(np.unique(keys[keys != 0]))


def _nats(seen: int, usual: float) -> float:
    """How unlikely so many are by chance (Chernoff's bound of Poisson's tail)."""
    return seen * math.log(seen / max(usual, 1e-9)) - seen + usual if seen > usual else 0.0
