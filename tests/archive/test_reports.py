"""Reports of other layouts: times to detection and mitigation as a reader would count them."""

from __future__ import annotations

from pathlib import Path

import pytest

from postmortem_timeline import incident
from postmortem_timeline.archive.reports.report import read_report

REPORTS = Path(__file__).with_name("reports")


def read(text: str, name: str = "report.md"):
    report = read_report(text, name)
    incident.check(report.incident)
    return report.incident


def minutes(found: dict, name: str) -> float | None:
    seconds = found["durations"][f"time_to_{name}_seconds"]
    return None if seconds is None else seconds / 60


def timeline(
    *rows: str, head: str = "# Checkout down\n\nDate: 2024-05-03\n\n## Timeline (UTC)\n\n| Time | Event |\n|---|---|\n"
) -> str:
    return head + "\n".join(f"| {row} |" for row in rows) + "\n"


# What must not happen


def test_planned_work_is_not_harm():
    found = read(
        timeline(
            "10:00 | Scheduled maintenance of the database starts",
            "10:20 | Users report errors",
            "10:40 | Service restored",
        )
    )
    assert found["lifecycle"]["impact_start"]["at"] == "2024-05-03T10:20:00.000Z"


@pytest.mark.parametrize("placeholder", ["HH:mm", "??", "??:??", "TBD", "14:??"])
def test_a_placeholder_is_no_time(placeholder):
    found = read(timeline("10:00 | Errors start", "10:05 | Alert fires", f"{placeholder} | Service restored"))
    assert found["lifecycle"]["mitigated"]["at"] is None
    assert found["lifecycle"]["mitigated"]["reason"]


def test_what_is_stated_without_a_time_is_null_and_cites_its_line():
    found = read("# X\n\n- First detected: 2024-05-03 (Time TBC)\n- Resolved: 2024-05-03 12:00\n")
    assert found["lifecycle"]["detected"]["at"] is None
    assert found["lifecycle"]["detected"]["citations"] == ["report.md:3"]


def test_a_text_without_times_has_no_marks():
    found = read("# Notes\n\nWe restarted 3 pods and version 2.14 was fine. Ratio 10:1, 100% of users.\n")
    assert {mark["at"] for mark in found["lifecycle"].values()} == {None}
    assert found["impact"]["windows"] == [] and found["impact"]["downtime_seconds"] is None


@pytest.mark.parametrize(
    "words",
    [
        "Rollback did not help",
        "We hope to have it resolved soon",
        "Still failing, not resolved",
        "Attempted a restart, unsuccessful",
    ],
)
def test_what_is_denied_or_hoped_ends_no_harm(words):
    found = read(
        timeline(
            "10:00 | Errors start", "10:05 | Alert fires", f"10:20 | {words}", "10:45 | All services back to normal"
        )
    )
    assert minutes(found, "mitigate") == 45


# What must


@pytest.mark.parametrize(
    ("name", "detect", "mitigate"),
    [
        ("payment_pool", 4, 130),
        ("danish_past_midnight", 0, 33),
        ("flag_rollout", 0, 21),
        ("bold_twelve_hours", 12, 39),
        ("planned_work", 12, 43),
    ],
)
def test_layouts(name, detect, mitigate):
    found = read((REPORTS / f"{name}.md").read_text(encoding="utf-8"))
    assert (minutes(found, "detect"), minutes(found, "mitigate")) == (detect, mitigate)


ROWS = [
    ("- {}: {}", "a bullet and a colon"), ("{} - {}", "a paragraph and a dash"), ("**{}** {}", "bold"), ("- **{}** – {}", "a bold bullet"),
    ("* [{}] {}", "brackets"), ("- `{}` {}", "code"), ("1. {} {}", "numbered"), ("### {} - {}", "headings"),
    ("### {}\n\n{}\n", "headings with text below"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "why"), ROWS, ids=[why for _, why in ROWS])
def test_shapes_of_rows(shape, why):
    told = [("10:00", "Checkout starts to fail"), ("10:07", "Alert fires"), ("10:31", "Checkout is back to normal")]
    found = read(
        "# Checkout\n\nDate: May 3, 2024\n\n## Timeline\n\n" + "\n".join(shape.format(*row) for row in told) + "\n"
    )
    assert (minutes(found, "detect"), minutes(found, "mitigate")) == (7, 31)
    assert found["lifecycle"]["detected"]["by"] == "monitoring"


@pytest.mark.parametrize(
    ("times", "why"),
    [
        (("23:50", "00:05", "00:40"), "past midnight"),
        (("11:50", "12:05", "12:40"), "over noon"),
        (("11:50 PM", "12:05 AM", "12:40 AM"), "past midnight with halves"),
        (("2024-05-03T23:50Z", "2024-05-04T01:05+01:00", "2024-05-04T00:40Z"), "zones of their own"),
        (("3 May 23:50", "4 May 00:05", "00:40"), "days in words"),
        (("03/05/2024 23:50", "04/05/2024 00:05", "04/05/2024 00:40"), "the day first"),
        (("23.50", "00.05", "00.40"), "dots"),
        (("T+0", "T+15m", "T+50m"), "from T0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_spellings_of_times(times, why):
    start = "**Impact start:** 2024-05-03 23:50 UTC\n\n" if times[0] == "T+0" else "Date: 2024-05-03\n\n"
    rows = [
        f"| {at} | {text} |"
        for at, text in zip(times, ("Errors begin", "Customers report errors", "Errors are gone"), strict=True)
    ]
    found = read(
        "# Checkout\n\n" + start + "## Timeline (UTC)\n\n| Time | Event |\n|---|---|\n" + "\n".join(rows) + "\n"
    )
    assert (minutes(found, "detect"), minutes(found, "mitigate")) == (15, 50)
    assert found["lifecycle"]["detected"]["by"] == "customer"


def test_a_stated_duration_points_at_its_rows():
    text = "**Time to detection:** 12 minutes\n\n" + timeline(
        "10:00 | Deploy of v2", "10:12 | Somebody wonders", "10:30 | Rolled back, all healthy"
    )
    assert minutes(read(text), "detect") == 12


def test_stated_durations_stand_in_where_no_row_tells():
    found = read("# X\n\n- Time to detect: half an hour\n- Time to mitigate: 1 h 35 min\n")
    assert (minutes(found, "detect"), minutes(found, "mitigate")) == (30, 95)
    assert "stated" in found["formulas"]["time_to_detect_seconds"]


def test_an_interval_in_the_summary():
    found = read("# X\n\n## Summary\n\nOn July 15, 2025, from 17:42 to 18:27 UTC, logins failed for 12% of users.\n")
    assert found["impact"]["windows"] == [["2025-07-15T17:42:00.000Z", "2025-07-15T18:27:00.000Z"]]
    assert found["impact"]["users"]["share"] == 0.12 and found["impact"]["downtime_seconds"] == 2700


def test_a_phase_column_labels_its_rows():
    head = "# X\n\nDate: 2024-05-03\n\n## Timeline\n\n| Time (CET) | Phase | Description |\n|---|---|---|\n"
    found = read(
        timeline(
            "10:00 | Impact start | Something odd",
            "10:03 | Detection | A graph",
            "10:30 | Mitigation | Flag off",
            head=head,
        )
    )
    assert (minutes(found, "detect"), minutes(found, "mitigate")) == (3, 30)
    assert found["lifecycle"]["impact_start"]["at"] == "2024-05-03T09:00:00.000Z"


def test_actions_with_owner_due_date_and_status():
    text = (
        "# X\n\n## Action items\n\n| Action | Owner | Due | Status |\n|---|---|---|---|\n| Alert "
        "on expiry | @dana.ruiz | 2025-08-01 | Done |\n"
        "| Rotate keys | Platform team | 2025-09-01 | In progress |\n\n## Follow-ups\n\n- [x] "
        "Write a runbook\n- [ ] Test the restore (owner: SRE, due 2025-10-01)\n"
    )
    found = read_report(text, "x.md").actions
    assert [(a["what"], a["due"], a["status"]) for a in found] == [
        ("Alert on expiry", "2025-08-01", "done"), ("Rotate keys", "2025-09-01", "open"), ("Write a runbook", None, "done"),
        ("Test the restore", "2025-10-01", "open"),
    ]  # fmt: skip
    assert "dana" not in str(found)


def test_names_handles_and_secrets_do_not_stay():
    text = (
        "# X\n\nAuthors: Dana Ruiz, Tomas Berg\n\n## Timeline\n\n- 10:00 Errors start\n- 10:02 Dana's phone rings, @tomas.berg joins\n"
        "- 10:04 Mette Holm restarts it with AKIAIOSFODNN7EXAMPLE, mail dana.ruiz@corp.example\n"
    )
    report = read_report(text, "x.md")
    whole = report.text + str(report.incident) + str(report.rows)
    assert not [
        name
        for name in ("Dana", "Ruiz", "Tomas", "tomas", "Berg", "Mette", "Holm", "AKIAIOSFODNN7EXAMPLE", "corp.example")
        if name in whole
    ]
    assert "responder 1's phone" in report.text


@pytest.mark.parametrize(
    "text",
    [
        "14:54 user reports a fault",
        "thousands of DOM1 users",
        "ticket #4711 users affected",
        "since 12:03 users saw it",
    ],
)
def test_a_clock_or_a_name_counts_no_users(text):
    assert read(f"# X\n\n## Impact\n\n{text}\n")["impact"]["users"] is None


def test_users_that_are_stated_are_kept_as_stated():
    users = read("# X\n\n## Impact\n\nLogins failed for 1,204 users (12% of all users).\n")["impact"]["users"]
    assert (users["affected"], users["share"], users["basis"], users["exact"]) == (
        1204,
        0.12,
        "stated in the report",
        False,
    )
