"""The published schema is the one of the structs, and it refuses what it should."""

from __future__ import annotations

import copy
import json

import jsonschema
import msgspec
import pytest

from postmortem_timeline import incident

NOTHING_FOUND = {
    "schema_version": incident.SCHEMA_VERSION,
    "title": None,
    "summary": None,
    "lifecycle": {
        name: {
            "at": None, "confidence": None, "basis": None, "origin": None, "reason": "no request failed",
            "citations": [], "alternatives": [],
        }
        for name in incident.MARKS
    },
    "durations": {
        "time_to_detect_seconds": None, "time_to_acknowledge_seconds": None,
        "time_to_mitigate_seconds": None, "time_to_resolve_seconds": None,
    },
    "formulas": {"time_to_detect_seconds": "detected - impact_start"},
    "impact": {
        "vantage": None, "windows": [], "window_details": [], "downtime_seconds": 0, "weighted_downtime_seconds": 0,
        "full_outage_seconds": 0, "users": None, "requests": None, "error_budget": None, "cost": None,
    },
    "services": [], "changes": [], "clocks": [], "ledger": [], "findings": [], "other_incidents": [],
    "tool": {"name": "postmortem_timeline", "version": "0"},
}  # fmt: skip

TWICE_AS_MANY = {"active": 1, "affected": 2, "affected_excess": 2, "share": 2.0, "basis": "user", "exact": True}
NOT_VALID = {
    "a name left out": ("impact.windows", None),
    "a share above one": ("impact.users", TWICE_AS_MANY),
    "a time with an offset": ("lifecycle.onset.at", "2025-07-15T17:42:00.000+02:00"),
    "a time without milliseconds": ("lifecycle.onset.at", "2025-07-15T17:42:00Z"),
    "a basis that is none": ("lifecycle.onset.basis", "felt"),
    "a citation without a line": ("lifecycle.onset.citations", ["access.log"]),
}  # fmt: skip


def changed(path: str, value: object) -> dict:
    found = copy.deepcopy(NOTHING_FOUND)
    *parents, last = path.split(".")
    inner = found
    for parent in parents:
        inner = inner[parent]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return found


@pytest.fixture(scope="module")
def published() -> dict:
    return json.loads(incident.SCHEMA_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("path", "value"), NOT_VALID.values(), ids=NOT_VALID)
def test_refused_by_schema_and_by_structs(published, path, value):
    bad = changed(path, value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(bad, published)
    with pytest.raises(msgspec.ValidationError):
        incident.check(bad)


def test_no_incident_found_is_an_answer(published):
    jsonschema.validate(NOTHING_FOUND, published)
    assert incident.check(NOTHING_FOUND).impact.windows == []


def test_fields_are_added_freely(published):
    added = changed("durations.responder_time_to_acknowledge_seconds", 12.5)
    jsonschema.validate(added, published)
    incident.check(added)


def test_the_published_file_is_that_of_the_structs(regen):
    if regen:
        incident.SCHEMA_FILE.write_text(incident.schema_text(), encoding="utf-8")
    assert incident.SCHEMA_FILE.read_text(encoding="utf-8") == incident.schema_text(), "pytest --regen -k schema"


def test_the_schema_is_a_schema(published):
    jsonschema.Draft202012Validator.check_schema(published)
