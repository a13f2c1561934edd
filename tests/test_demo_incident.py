"""What a build infers of the bundled incident, the recorded and the synthetic ones, against the truth beside each."""

from __future__ import annotations

import csv
import json
import statistics
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from postmortem_timeline import incident as published

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
DEMO = FIXTURES / "oauth_token_expired"
CASES = [path.parent for path in sorted([*FIXTURES.glob("*/truth.json"), *FIXTURES.glob("scenarios/*/truth.json")])]
MARKS = ("impact_start", "mitigated", "detected", "acknowledged", "resolved")


class Case:
    """One incident: what was inferred and what is true."""

    def __init__(self, folder: Path, output: Path) -> None:
        self.folder = folder
        self.truth: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self.found: dict[str, Any] = json.loads((output / "incident.json").read_text(encoding="utf-8"))
        with (output / "timeline.csv").open(encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))

    @property
    def impact(self) -> dict[str, Any]:
        return self.found["impact"]

    def error(self, mark: str) -> float:
        """Seconds between the mark and the truth; endless where one of the two is missing."""
        at, true = self.found["lifecycle"][mark]["at"], self.truth[mark]
        if at is None or true is None:
            return 0.0 if at is true else float("inf")
        return abs(seconds(at) - seconds(true))

    @property
    def share_error(self) -> float:
        share = self.impact["users"]["share"]
        return float("inf") if share is None else abs(share - self.truth["share_affected"])

    @property
    def downtime_error(self) -> float:
        return abs(self.impact["downtime_seconds"] / self.truth["downtime_s"] - 1)

    def sources(self, word: str) -> list[dict[str, Any]]:
        return [clock for clock in self.found["clocks"] if word in clock["source"]]

    def clock_is_right(self, slack: float) -> bool | None:
        wanted = self.truth["clock_offset_s"]
        return wanted and all(
            any(abs(clock["clock_offset_seconds"] - offset) <= slack for clock in self.sources(host))
            for host, offset in wanted.items()
        )

    def zone_is_right(self) -> bool | None:
        hours = self.truth["syslog_utc_offset_h"]
        return hours and any(abs(clock["zone_offset_seconds"] - hours * 3600) < 60 for clock in self.sources("syslog"))

    def change_is_right(self) -> bool | None:
        culprit = self.truth["culprit_change"]
        return culprit and bool(self.found["changes"]) and culprit in self.found["changes"][0]["summary"]

    def requests_are_right(self) -> bool | None:
        if "dark" in self.truth["fault"]:
            return None
        pairs = (("total", "requests_in_windows"), ("failed", "requests_failed"))
        return all(abs(self.impact["requests"][ours] / self.truth[theirs] - 1) < 0.03 for ours, theirs in pairs)

    def copies_are_right(self) -> bool | None:
        found = sum(row["copies"] for row in self.found["ledger"])
        return found == self.truth["copies"] if "copies" in self.truth else None


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.fixture(scope="module")
def demo(built) -> Case:
    return Case(DEMO, built(DEMO))


@pytest.fixture(params=CASES, ids=lambda folder: folder.name)
def case(request, built) -> Case:
    return Case(request.param, built(request.param))


@pytest.mark.parametrize(
    ("mark", "slack"),
    [
        ("impact_start", 5),
        ("mitigated", 5),
        ("detected", 1),
        ("acknowledged", 1),
        ("resolved", 1),
        ("first_public_update", 1),
    ],
)
def test_a_mark_of_the_demo(demo, mark, slack):
    assert demo.error(mark) <= slack


def test_the_demo_has_one_window_and_its_length(demo):
    assert len(demo.impact["windows"]) == len(demo.truth["impact_windows"]) == 1
    assert demo.downtime_error <= 0.01


def test_the_users_of_the_demo(demo):
    users = demo.impact["users"]
    assert demo.share_error <= 0.003
    truth = (demo.truth["users_active"], demo.truth["users_affected"])
    assert users["exact"] and (users["active"], users["affected"]) == truth


def test_the_requests_of_the_demo(demo):
    requests = demo.impact["requests"]
    assert requests["total"] == pytest.approx(demo.truth["requests_in_windows"], rel=0.02)
    assert requests["failed"] == pytest.approx(demo.truth["requests_failed"], rel=0.02)
    failed = {row["name"]: row["failed"] for row in demo.impact["services"] if row["failed"]}
    assert failed == pytest.approx(demo.truth["failed_by_service"], rel=0.02)


def test_the_curve_of_the_demo_holds_every_failure(demo):
    assert sum(demo.found["curve"]["failed"]) == demo.truth["requests_failed"] + demo.truth["failures_outside_windows"]
    assert sum(demo.found["curve"]["total"]) == demo.truth["requests_total"]


def test_durations_are_differences_of_marks(case):
    life = case.found["lifecycle"]
    for name, formula in case.found["formulas"].items():
        end, start = (life[mark]["at"] for mark in formula.split(" - "))
        known = None if end is None or start is None else seconds(end) - seconds(start)
        assert case.found["durations"][name] == (known if known is None else pytest.approx(known, abs=0.002))


def test_the_culprit_of_the_demo_comes_first_for_its_words_not_for_being_near(demo):
    first, *others = demo.found["changes"]
    assert demo.truth["culprit_change"] in first["summary"] and first["service"] == "auth"
    assert any(abs(seconds(first["at"]) - seconds(at)) <= 1 for at in demo.truth["changed"])
    assert all(word in first["reason"] for word in ("oauth", "token"))
    start = seconds(demo.truth["impact_start"])
    assert [change for change in others if seconds(first["at"]) < seconds(change["at"]) < start]
    assert all(change["score"] < 0.5 < first["score"] for change in others)


def test_the_first_suspect_of_the_demo(demo):
    assert demo.found["services"][0]["name"] == "auth"
    assert demo.truth["error_text"] in demo.found["summary"]
    assert demo.found["lifecycle"]["detected"]["by"] == "monitoring"


def test_the_clocks_of_the_demo(demo):
    assert demo.clock_is_right(2)
    right = [clock for clock in demo.found["clocks"] if "web-2" not in clock["source"]]
    assert [clock["source"] for clock in right if abs(clock["clock_offset_seconds"]) > 2] == []


def test_the_zones_of_the_demo(demo):
    """A zone that no stamp states is found; PostgreSQL writes its own (EDT) beside each time."""
    zones = {word: hours for word, hours in demo.truth["zones_h"].items() if word != "postgresql"}
    for word, hours in zones.items():
        assert [c["source"] for c in demo.sources(word) if c["zone_offset_seconds"] != hours * 3600] == []
    assert [c["zone_offset_seconds"] for c in demo.sources("postgresql")] == [0]
    (postgres,) = [row for row in demo.found["ledger"] if "postgresql" in row["source"]]
    assert postgres["first"] == "2025-07-15T16:16:31.405Z"  # the file says 12:16:31.405 EDT


def test_the_ledger_of_the_demo_counts_the_lines_that_are_there(demo):
    documents = (".json", "git-log.txt")  # of these the ledger counts elements
    texts = {name: lines for name, lines in demo.truth["lines"].items() if not name.endswith(documents)}
    counted = {row["source"]: row["lines"] for row in demo.found["ledger"]}
    assert {name: counted[name] for name in texts} == texts
    assert set(counted) == set(demo.truth["lines"])
    assert sum(row["copies"] for row in demo.found["ledger"]) == demo.truth["copies"]


def test_every_line_has_one_class(case):
    classes = ("records", "continuation", "blank", "structure", "unparsed")
    assert [row["source"] for row in case.found["ledger"] if sum(row[name] for name in classes) != row["lines"]] == []


def test_a_timeline_is_short_and_in_order(case):
    assert 0 < len(case.rows) <= 60
    starts = [row["start"] for row in case.rows if row["start"]]
    assert starts == sorted(starts)
    assert all(row["reason"] for row in case.rows)
    silent = ("silence", "recovery")  # what did not happen has no record
    assert [row["summary"] for row in case.rows if not row["citations"] and row["reason"] not in silent] == []


def test_what_is_written_fits_the_published_schema(case):
    schema = json.loads(Path(published.SCHEMA_FILE).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(case.found)


def test_an_incident_is_near_the_truth(case):
    """What no incident may miss; how near they come on the whole is the next test's."""
    bounds = {"impact_start": 30, "mitigated": 60, "detected": 1, "acknowledged": 1, "resolved": 10}
    assert {mark: case.error(mark) for mark in bounds if case.error(mark) > bounds[mark]} == {}
    assert case.share_error <= 0.03
    assert case.found["services"][0]["name"] in case.truth["service_accepted"]
    assert case.change_is_right() in (True, None)
    assert case.copies_are_right() in (True, None)


def test_the_incidents_together_reach_the_goals(built):
    cases = [Case(folder, built(folder)) for folder in CASES]
    medians = {mark: statistics.median(case.error(mark) for case in cases) for mark in MARKS}
    goals = {"impact_start": 5, "mitigated": 30, "detected": 1, "acknowledged": 1, "resolved": 10}
    assert {mark: medians[mark] for mark in MARKS if medians[mark] > goals[mark]} == {}
    assert statistics.median(case.share_error for case in cases) <= 0.005
    assert statistics.median(case.downtime_error for case in cases) <= 0.03
    for name, told in {
        "requests": [case.requests_are_right() for case in cases],
        "clocks": [case.clock_is_right(5) for case in cases],
        "zones": [case.zone_is_right() for case in cases],
    }.items():
        known = [right for right in told if right or right is False]  # else there is nothing to find
        assert sum(known) >= 0.9 * len(known), name
