import numpy as np
import pandas as pd
import pytest

from postmortem_timeline.correlate.claims import combine, shifts
from postmortem_timeline.correlate.clocks import clocks_by_joins, families, split

START = 1_752_600_000
SOURCES = pd.DataFrame(
    [
        ("auth.jsonl", None, "application", "stated", 10**6, "end"),
        ("web-1/access.log", "web-1", "edge", "stated", 10**9, "end"),
        ("web-2/access.log", "web-2", "edge", "stated", 10**9, "end"),
        ("web-2/access.log.1.gz", "web-2", "edge", "stated", 10**9, "end"),
        ("web-2/error.log", "web-2", None, "assumed", 10**9, "end"),
    ],
    columns=["source", "host", "tier", "zone", "precision_ns", "stamp"],
)


def joins(ahead: dict[str, float], zone: float = 0.0) -> pd.DataFrame:
    """Eighty requests of twenty users, each told by auth and by one of the two hosts."""
    rows = []
    for i in range(80):
        at = START + i * 31 + (i * i * 7) % 29 + 0.4
        host = ("web-1/access.log", "web-2/access.log", "web-1/access.log", "web-2/access.log.1.gz")[
            (i * i // 3 + i) % 4
        ]
        stamp = int(at + ahead.get(host.split("/")[0], 0.0)) * 10**9
        rows.append(("auth.jsonl", "user", i % 20 + 1, 200, int((at + zone) * 1e9), 50_000, "auth", "login"))
        rows.append((host, "user", i % 20 + 1, 200, stamp, 60_000, None, "auth"))
    names = ["source", "what", "key", "status", "t_ns", "duration_us", "service", "route"]
    return pd.DataFrame(rows, columns=names).astype({"key": "uint64"})


def test_shuffled_users_give_no_clock():
    shuffled = joins({"web-2": -140})
    edge = shuffled.source != "auth.jsonl"
    shuffled.loc[edge, "key"] = np.roll(shuffled.key[edge].to_numpy(), 13) * 5 % 21
    assert shifts(combine(SOURCES, clocks_by_joins(SOURCES, shuffled))) == {}


def test_latency_is_no_skew():
    """One host logs its requests up to two seconds late: it has pairs without any delay, a clock that is off has none."""
    late = joins({})
    mine = late.source.str.startswith("web-2").to_numpy()
    late.loc[mine, "t_ns"] += (np.arange(int(mine.sum())) * 7 % 21 * 100_000_000) // 10**9 * 10**9
    assert shifts(combine(SOURCES, clocks_by_joins(SOURCES, late))) == {}


def test_a_second_is_a_skew_where_all_pairs_show_it():
    frame = combine(SOURCES, clocks_by_joins(SOURCES, joins({"web-2": 1.2}))).set_index("source")
    assert frame.clock_offset_seconds["web-2/access.log"] == pytest.approx(1.2, abs=0.5)
    assert frame.clock_offset_seconds[["auth.jsonl", "web-1/access.log"]].tolist() == [0, 0]


def test_no_joins_at_all():
    assert clocks_by_joins(SOURCES, joins({}).head(0)).empty


def test_a_rotated_file_and_its_host_share_the_skew():
    frame = combine(SOURCES, clocks_by_joins(SOURCES, joins({"web-2": -140}))).set_index("source")
    assert frame.clock_offset_seconds.round().to_dict() == {
        "auth.jsonl": 0,
        "web-1/access.log": 0,
        "web-2/access.log": -140,
        "web-2/access.log.1.gz": -140,
        "web-2/error.log": -140,
    }
    assert frame.applied.sum() == 3


def test_stamps_without_zone_are_in_another_zone():
    naive = SOURCES.assign(zone=SOURCES.zone.where(SOURCES.source != "auth.jsonl", "assumed"))
    frame = combine(naive, clocks_by_joins(naive, joins({}, zone=19800))).set_index("source")
    assert frame.zone_offset_seconds["auth.jsonl"] == 19800 and frame.applied["auth.jsonl"]
    assert frame.applied.sum() == 1


@pytest.mark.parametrize(
    ("seconds", "stated", "zone", "skew"),
    [
        (1.5, False, 0, 0),
        (7200.6, False, 7200, 0),
        (7200.6, True, 0, 7200.6),
        (7237.0, False, 7200, 37),
        (-140.0, False, 0, -140),
    ],
    ids=["latency", "zone", "stated, so a skew", "zone and skew", "no zone is that small"],
)
def test_zone_or_skew(seconds, stated, zone, skew):
    assert split(seconds, stated=stated) == (zone, pytest.approx(skew))


def test_rotation_families():
    names = ["a/x.log", "a/x.log.1.gz", "a/x.log-20250715.gz", "b/x.log", "app-1", "app-2"]
    known = families(pd.DataFrame({"source": names, "host": None}))
    assert [list(known.values()).count(name) for name in dict.fromkeys(known.values())] == [3, 1, 1, 1]


def test_a_drifting_clock_is_found_in_its_middle_with_its_drift():
    told = joins({"web-2": 6.0})
    mine = told.source.str.startswith("web-2").to_numpy()
    hours = (told.t_ns - told.t_ns.mean()) / 3.6e12
    told.loc[mine, "t_ns"] += (hours[mine] * 9 * 10**9).astype("int64")
    frame = combine(SOURCES, clocks_by_joins(SOURCES, told)).set_index("source")
    assert frame.clock_offset_seconds["web-2/access.log"] == pytest.approx(6, abs=1)
    assert "drifts by +9" in frame.reason["web-2/access.log"] or "drifts by +8" in frame.reason["web-2/access.log"]
    assert "drifts" not in frame.reason["web-1/access.log"]
