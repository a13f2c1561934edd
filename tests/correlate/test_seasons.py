import pandas as pd
import pytest

from postmortem_timeline.correlate.seasons import mixed, seasons, wording

HOUR = 3600 * 10**9
BACK = 1_761_440_400 * 10**9  # 2025-10-26T01:00Z: Europe's clocks go from 03:00 to 02:00


def of(zone: float, first: float, last: float, *, stamps: str = "assumed") -> list[str]:
    """The changes of a source of that zone whose records lie between hours around BACK, as stamped."""
    stamped = [int(BACK + (zone + hours) * HOUR) for hours in (first, last)]
    sources = pd.DataFrame([{"source": "a.log", "zone": stamps, "first_ns": stamped[0], "last_ns": stamped[1]}])
    clocks = pd.DataFrame(
        [{"source": "a.log", "zone_offset_seconds": zone * 3600, "confidence": 0.95, "reason": "seen", "applied": bool(zone)}]
    )
    found = seasons(sources, clocks)
    capped = mixed(clocks, found)
    assert (capped.confidence.item() < 0.8) == bool(found)
    return [wording(season) for season in found]


@pytest.mark.parametrize(
    ("zone", "first", "last", "stamps"),
    [(2, -30, -20, "assumed"), (2, -1, 1, "stated"), (0, -1, 1, "assumed"), (-7, -1, 1, "assumed"), (5.5, -1, 1, "assumed")],
    ids=["ends before it", "stamps say their zone", "stamps are UTC", "another day there", "no summer time there"],
)
def test_nothing_changes(zone, first, last, stamps):
    assert of(zone, first, last, stamps=stamps) == []


@pytest.mark.parametrize("zone", [2, 1])
def test_clocks_are_put_back_inside_the_records(zone):
    said = of(zone, -1, 1)
    assert len(said) == 1 and "put back at 2025-10-26T01:00Z" in said[0]
