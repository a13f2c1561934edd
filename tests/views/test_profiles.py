"""One incident, counted as six tools count it."""

from __future__ import annotations

import pytest

from postmortem_timeline.views import profiles

AT = {
    "changed": "2025-07-15T11:42:00.000Z", "impact_start": "2025-07-15T17:42:00.000Z",
    "detected": "2025-07-15T17:46:00.000Z", "alerted": "2025-07-15T17:47:00.000Z",
    "acknowledged": "2025-07-15T17:50:00.000Z", "declared": "2025-07-15T17:55:00.000Z",
    "mitigated": "2025-07-15T18:27:00.000Z", "resolved": "2025-07-15T18:35:00.000Z",
}  # fmt: skip


@pytest.fixture
def incident():
    return {"lifecycle": {name: {"at": at, "reason": "", "citations": []} for name, at in AT.items()}}


@pytest.mark.parametrize(
    ("profile", "minutes"),
    [
        ("pagerduty", {"seconds_to_first_ack": 3, "seconds_to_resolve": 48}),
        ("datadog", {"time to detect": 4, "time to repair": 41, "time to resolve": 40, "customer impact": 45}),
        ("rootly", {"time to detect": 4, "time to acknowledge": 8, "time to mitigate": 45, "time to resolve": 53,
                    "duration": 45}),
        ("firehydrant", {"time to detect": 4, "time to acknowledge": 8, "time to mitigate": 45, "time to resolve": 53}),
        ("dora", {"failed deployment recovery time": 6 * 60 + 53}),
        ("morgue", {"time undetected": 4, "resolve time": 41, "impact time": 45}),
    ],
)  # fmt: skip
def test_the_measures_of(incident, profile, minutes):
    assert {row["name"]: row["seconds"] / 60 for row in profiles.measures(incident, profile)} == minutes


def test_an_unknown_mark_is_a_reason_and_not_a_number(incident):
    incident["lifecycle"]["declared"] = {"at": None, "reason": "nobody declared it", "citations": []}
    found = {row["name"]: row for row in profiles.measures(incident, "datadog")}["time to resolve"]
    assert found["seconds"] is None and found["reason"] == "declared: nobody declared it"
    assert "[not measured: declared: nobody declared it]" in profiles.table(incident, "datadog")


def test_what_stands_instead_is_named_in_the_formula(incident):
    incident["lifecycle"]["changed"]["at"] = None
    (found,) = profiles.measures(incident, "dora")
    assert found["seconds"] == 53 * 60 and found["formula"] == "resolved - impact_start"


def test_a_table_fits_a_terminal(incident):
    for profile in profiles.PROFILES:
        assert max(map(len, profiles.table(incident, profile).splitlines())) <= 80
