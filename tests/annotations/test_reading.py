"""`incident.toml`: what is refused, by name, and what each key means."""

from __future__ import annotations

import datetime as dt

import pytest

from postmortem_timeline import annotations
from postmortem_timeline.errors import AnnotationError

REFUSED = {
    'sevrity = "SEV1"': 'unknown key "sevrity"; did you mean "severity"',
    'weather = "fine"': 'unknown key "weather"; known are title, severity',
    "marks.detcted = 2025-07-15T17:44:00Z": 'unknown key "detcted" under marks; did you mean "detected"',
    "marks.detected = 17:44:00": "marks.detected.at: 17:44:00 needs a date and a time",
    "marks.detected = 2025-07-15": "marks.detected.at: 2025-07-15 needs a date and a time",
    'marks.detected = "quarter to six"': "marks.detected.at: 'quarter to six' is no time",
    "marks = []": "marks must be a table",
    'sources."db.log".zone = "Berlin"': 'sources."db.log".zone: zone "Berlin" is not known',
    'sources."db.log".clock = "late"': "sources.\"db.log\".clock: 'late' is no offset",
    'sources."db.log".clok = 3': 'unknown key "clok" under sources."db.log"; did you mean "clock"',
    'failed = ["6xy"]': "failed: '6xy' is no status",
    'failed = "5xx"': "failed must be a list",
    "slo = 0": "slo: 0 is no share between 0 and 1",
    'slo = "three nines"': "slo: 'three nines' is no share",
    "expected_users = -1": "expected_users: expected `int` >= 1",
    "revenue_per_minute = 0": "revenue_per_minute: expected `float` > 0",
    "title = 3": "title: expected `str | null`, got `int`",
    'notes = [{ text = "lunch" }]': "notes[0]: object missing required field `at`",
    "pinned = [3]": "pinned[0] must be a table",
    'marks.detected = { at = 2025-07-15T17:44:00Z, by = "luck" }': "marks.detected.by: invalid enum value 'luck'",
    "title = ": "not valid TOML",
}

EVERYTHING = """
title = "Login outage"
severity = "SEV1"
pinned = ["web-1/access.log:7", "slack/ops.json:3"]
hidden = ["slack/random/2025-07-15.json:12"]
failed = ["5xx", 401]
slo = "99.9%"
slo_period_days = 28
revenue_per_minute = 120
revenue_per_request = 0.5
expected_users = 4000
responder_rate = 90.5

[roles]
"Dana Ortiz" = "incident commander"

[sources]
"web-2/*" = { clock = "+1m30s", zone = "UTC" }
"web-2/access.log" = { clock = 88 }
"db.log" = { zone = "+02:00" }

[marks]
detected = 2025-07-15T19:44:00+02:00
declared = { at = "2025-07-15 17:50", reason = "said on the phone" }
acknowledged = false

[[notes]]
at = 2025-07-15T18:00:00Z
text = "the vendor was called"
"""


@pytest.fixture
def everything(tmp_path):
    path = tmp_path / "incident.toml"
    path.write_text(EVERYTHING, encoding="utf-8")
    return annotations.load(path)


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=REFUSED)
def test_refused_with_the_key_named(tmp_path, text, message):
    (tmp_path / "incident.toml").write_text(text, encoding="utf-8")
    with pytest.raises(AnnotationError) as caught:
        annotations.load(tmp_path / "incident.toml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("incident.toml: ")


def test_a_file_that_is_not_there(tmp_path):
    assert annotations.find(tmp_path) is None
    with pytest.raises(AnnotationError, match="cannot be read"):
        annotations.load(tmp_path / "incident.toml")


def test_nothing_said():
    nothing = annotations.load(None)
    assert nothing.plain() == {}
    assert nothing.source("any.log") == annotations.Source()
    assert nothing.failed is None


def test_an_exact_source_speaks_before_a_glob(everything):
    assert everything.source("web-2/access.log") == annotations.Source(zone="UTC", clock=88)
    assert everything.source("web-2/error.log") == annotations.Source(zone="UTC", clock=90)
    assert everything.source("web-1/access.log") == annotations.Source()


def test_a_source_that_matches_nothing_is_told(everything):
    assert everything.idle(["web-2/access.log", "db.log"]) == []
    assert everything.idle(["web-2/error.log", "db.log"]) == ["web-2/access.log"]


def test_marks_are_utc_and_a_bare_time_is_utc(everything):
    assert everything.marks["detected"].at == dt.datetime(2025, 7, 15, 17, 44, tzinfo=dt.UTC)
    assert everything.marks["declared"].at == dt.datetime(2025, 7, 15, 17, 50, tzinfo=dt.UTC)
    assert everything.marks["declared"].reason == "said on the phone"


def test_false_says_that_it_did_not_happen(everything):
    assert everything.marks["acknowledged"].at is None
    assert "resolved" not in everything.marks


def test_plain_is_what_json_holds(everything):
    plain = everything.plain()
    assert [pin.citation for pin in everything.pinned] == ["web-1/access.log:7", "slack/ops.json:3"]
    assert plain["notes"] == [{"at": "2025-07-15T18:00:00Z", "text": "the vendor was called"}]
    assert plain["marks"]["acknowledged"] == {}
    assert annotations.load(plain) == everything


def test_hidden_are_whole_citations(everything):
    assert everything.hides("slack/random/2025-07-15.json:12")
    assert not everything.hides("slack/random/2025-07-15.json:1")


def test_the_rest_as_said(everything):
    plain = everything.plain()
    assert plain["slo"] == 0.999
    assert plain["roles"] == {"Dana Ortiz": "incident commander"}
    assert (plain["slo_period_days"], plain["expected_users"], plain["responder_rate"]) == (28, 4000, 90.5)


def test_what_is_read_already_passes(everything):
    assert annotations.load(everything) is everything
    assert annotations.load({"slo": 99.9}).slo == 0.999
