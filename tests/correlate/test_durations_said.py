import pytest

from postmortem_timeline.correlate.durations_said import durations_said


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("release checkout-2.9.0", []),
        ("see ticket 4711 for h2 and s3", []),
        ("token lifetime is 6 h", [21600]),
        ("lives six hours, checked every 20 s", [21600, 20]),
        ("a 90-minute cache", [5400]),
        ("ttl=21600", [21600]),
        ("twenty-four hours", [86400]),
    ],
)
def test_durations(text, seconds):
    assert durations_said(text) == seconds
