import pandas as pd
import pytest

from postmortem_timeline.correlate.zones import zones_by_windows

NS = 10**9
START = 1_752_600_000 // 10 * 10
WINDOW = [(START * NS, (START + 1800) * NS)]
COUNTS = pd.DataFrame(columns=["source", "status", "second", "count"]).astype({"status": "int64", "second": "int64"})


def sources(zone: str = "assumed") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": ["syslog"],
            "host": [None],
            "zone": [zone],
            "first_ns": [(START - 5000) * NS],
            "last_ns": [(START + 9000) * NS],
        }
    )


def patterns(
    seconds: list[int], template: str = "backend auth has no healthy server", severity: int = 0
) -> pd.DataFrame:
    told = {"source": "syslog", "template": template, "severity": severity, "count": 1}
    return pd.DataFrame([{**told, "first_ns": second * NS} for second in seconds])


IN_INDIA = [START + 19800 + step * 60 for step in range(30)]


@pytest.mark.parametrize(
    ("lines", "zone"),
    [
        (patterns([START + step * 900 for step in range(-5, 10)]), "assumed"),
        (patterns(IN_INDIA[:2]), "assumed"),
        (patterns(IN_INDIA, "session opened"), "assumed"),
        (patterns(IN_INDIA), "stated"),
    ],
    ids=["errors all day", "two lines are few", "no error", "its stamps state their zone"],
)
def test_nothing_is_claimed(lines, zone):
    assert zones_by_windows(sources(zone), COUNTS, lines, WINDOW).empty


def test_the_windows_were_found_in_the_source_itself():
    assert zones_by_windows(sources(), COUNTS, patterns(IN_INDIA), WINDOW, found_in=["syslog"]).empty


def test_errors_fall_into_the_windows_in_one_zone():
    assert zones_by_windows(sources(), COUNTS, patterns(IN_INDIA), WINDOW).zone_offset_seconds.tolist() == [19800]


def test_failed_requests_count_as_errors():
    counts = pd.DataFrame({"source": "syslog", "status": 502, "second": IN_INDIA, "count": 1})
    assert zones_by_windows(sources(), counts, patterns([START]).head(0), WINDOW).zone_offset_seconds.tolist() == [
        19800
    ]
