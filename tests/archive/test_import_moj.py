"""The importer on a public archive of 39 postmortems, against key events written down by hand."""

from __future__ import annotations

import pytest

from postmortem_timeline import incident
from postmortem_timeline.archive.reports.report import read_report
from tests.archive.moj import KEY_EVENTS as TRUTH
from tests.archive.moj import REPORTS

pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="the public archive is not here")


@pytest.fixture(scope="module")
def imported():
    return {name: read_report((REPORTS / f"{name}.md").read_text(encoding="utf-8"), f"{name}.md") for name in TRUTH}


def test_key_events_are_right_in_at_least_95_in_100(imported):
    wrong = [
        (name, mark, at, found)
        for name, marks in TRUTH.items() for mark, at in marks.items()
        if (found := (imported[name].incident["lifecycle"][mark]["at"] or "")[:16]) != at
    ]  # fmt: skip
    assert len(wrong) <= 0.05 * sum(map(len, TRUTH.values())), wrong
    assert wrong == []  # what is reached; the line above is what is promised


def test_every_import_fits_the_schema_and_cites_its_own_lines(imported):
    for name, report in imported.items():
        incident.check(report.incident)
        lines = report.text.count("\n") + 1
        cited = [c for mark in report.incident["lifecycle"].values() for c in mark["citations"]]
        assert all(c.startswith(f"{name}.md:") and 1 <= int(c.rpartition(":")[2]) <= lines for c in cited)


@pytest.mark.parametrize("name", ["Rosie", "Tony", "Julia", "Birchall", "Brigham"])
def test_people_leave_as_roles(imported, name):
    assert not [
        key
        for key, report in imported.items()
        if name in report.text or name in str(report.incident) or name in str(report.rows)
    ]


def test_actions_are_found_where_a_review_lists_them(imported):
    assert len(imported["2022-01-22-some-dns-records-deleted"].actions) == 6
    done = [a for a in imported["2023-01-05-circleci-security-incident"].actions if a["status"] == "done"]
    assert [a["what"] for a in done] == ["Implement Trivy scanning for container vulnerability (Done)"]
