"""Stamps whose zone stands behind them by its name."""

from __future__ import annotations

from typing import Any

import pytest

from postmortem_timeline.formats.declaration import declare
from postmortem_timeline.formats.model import Sample
from postmortem_timeline.testing import parse_sample

FORMAT: dict[str, Any] = {
    "name": "x", "group": "app", "kind": "log", "engine": "dissect", "zone_named": True, "layouts": {"line": "[{timestamp}{rest}] {body}"},
    "columns": {"timestamp": {"field": "timestamp", "format": "%d-%b-%Y %T"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("stamp", "hour", "quality"),
    [
        pytest.param("15-Jul-2025 17:42:03 Mars/Olympus", 17, "zone_assumed", id="no zone that is known"),
        pytest.param("15-Jul-2025 17:42:03", 17, "zone_assumed", id="none"),
        pytest.param("15-Jul-2025 17:42:03 Europe/Berlin", 15, "exact", id="summer time"),
        pytest.param("15-Jan-2025 17:42:03 Europe/Berlin", 16, "exact", id="winter time"),
        pytest.param("15-Jul-2025 17:42:03 UTC", 17, "exact", id="an abbreviation"),
        pytest.param("15-Jul-2025 17:42:03 +02:00", 15, "exact", id="an offset"),
    ],
)
def test_the_zone_counts(stamp: str, hour: int, quality: str) -> None:
    (event,) = parse_sample(declare(FORMAT, "x.toml"), Sample("x", 0, "why", f"[{stamp}] x\n", None)).events
    assert (int(event["timestamp"][11:13]), event.get("time_quality", "exact")) == (hour, quality)
