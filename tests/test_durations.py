"""A duration is the difference of its marks, and null where the exports cannot tell it."""

from __future__ import annotations

import pytest

from postmortem_timeline.telling import durations

S = 1_000_000_000


def marks(detected: int, start: int, origin: str = "inferred") -> dict[str, dict[str, object]]:
    at = {"detected": detected, "impact_start": start, "acknowledged": 300, "mitigated": 500, "resolved": 600, "alerted": 250}
    return {name: {"at": second * S, "origin": origin} for name, second in at.items()}


@pytest.mark.parametrize(
    ("found", "opened", "seconds"),
    [
        pytest.param(marks(200, 100), False, 100.0, id="noticed after"),
        pytest.param(marks(50, 100), False, -50.0, id="noticed before any harm"),
        pytest.param(marks(50, 100), True, None, id="noticed before the exports begin"),
        pytest.param(marks(200, 100), True, 100.0, id="open, noticed after"),
        pytest.param(marks(50, 100, "annotated"), True, -50.0, id="people know when it began"),
    ],
)
def test_time_to_detect(found, opened, seconds):
    told = durations(found, opened=opened)
    assert told["time_to_detect_seconds"] == seconds
    assert told["time_to_resolve_seconds"] == 500.0
