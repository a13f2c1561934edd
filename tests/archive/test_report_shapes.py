"""Shapes in which teams write their reports: headings as rows, times without a day, forms, zones, several tellings in a row."""

from __future__ import annotations

import pytest

from postmortem_timeline import incident
from postmortem_timeline.archive.reports.report import read_report


def read(text: str, name: str = "report.md"):
    report = read_report(text, name)
    incident.check(report.incident)
    return report


def minutes(text: str) -> tuple[float | None, float | None]:
    found = read(text).incident["durations"]
    return tuple(None if (s := found[f"time_to_{name}_seconds"]) is None else s / 60 for name in ("detect", "mitigate"))  # type: ignore[return-value]


def at(text: str, mark: str) -> str | None:
    return read(text).incident["lifecycle"][mark]["at"]


def dated(*lines: str, day: str = "2025-03-18") -> str:
    return f"# Search is down, {day}\n\n## Timeline (UTC)\n\n" + "\n".join(lines) + "\n"


# What must not happen

FORM = """# Incident template

- **Date**:
- **Start time (UTC)**:
- **Severity**: SEV1/SEV2/SEV3
- **Timeline**:
  - 00:00 Alert fires
  - 00:05 On-call takes it
"""


def test_a_form_has_neither_marks_nor_durations_nor_severity():
    found = read(FORM).incident
    assert {mark["at"] for mark in found["lifecycle"].values()} == {None}
    assert set(found["durations"].values()) == {None} and found["severity"] is None


def test_what_a_form_asks_for_is_no_action():
    text = (
        "# X\n\n## Actions\n\n| Action | Owner |\n|---|---|\n| [what to do] | @who |\n| Alert on queue depth | ops |\n"
    )
    assert [one["what"] for one in read(text).actions] == ["Alert on queue depth"]


def test_times_without_a_day_give_durations_and_no_moments():
    text = "# Cart errors\n\n## Timeline\n\n- 9:10 AM: Errors appear in the cart\n- 9:14 AM: Alert fires\n- 10:02 AM: Service restored\n"
    report = read(text)
    assert minutes(text) == (4, 52)
    assert {mark["at"] for mark in report.incident["lifecycle"].values()} == {None}
    assert "no day" in report.incident["lifecycle"]["detected"]["reason"]
    assert {row["start"] for row in report.rows} == {None}


def test_counting_from_an_unknown_t0_gives_durations_and_no_moments():
    text = (
        "# Builds stuck\n\n**Date:** 2025-03-18\n\n## Timeline\n\n### T-0: Builds fail for all users\n\n### T+6min: Alert fires\n\n"
        "### T+40min: Builds work again\n"
    )
    assert minutes(text) == (6, 40)
    assert at(text, "mitigated") is None


def test_noticed_before_the_stated_beginning_is_no_time_to_detect():
    text = "# X\n\nOn 2025-03-18 from 10:00 to 11:00 UTC the site was down.\n\n## Timeline\n\n- 9:55 Alert fires\n- 11:00 Site restored\n"
    assert minutes(text)[0] in (None, 5, 0)
    assert minutes(text)[0] != -5


def test_trouble_in_a_rehearsal_is_not_harm():
    rows = ("- 10:00 Deploy to staging fails with errors", "- 10:30 Users report errors", "- 10:50 Service restored")
    assert at(dated(*rows), "impact_start") == "2025-03-18T10:30:00.000Z"


def test_users_being_told_is_no_detection():
    rows = (
        "- 10:00 Search requests fail",
        "- 10:20 Alert fires",
        "- 10:05 All customers were notified",
        "- 10:50 Search restored",
    )
    assert at(dated(*rows), "detected") == "2025-03-18T10:20:00.000Z"


@pytest.mark.parametrize(
    "heading", ["Issue Summary", "1. Overview", "Timeline (all times in CET)", "Root cause: a typo"]
)
def test_a_section_is_no_title(heading):
    text = f"---\ntitle: Payments time out\n---\n\n# {heading}\n\nIt was slow.\n"
    assert read(text).incident["title"] == "Payments time out"


def test_a_title_in_capitals_names_no_services():
    assert read("# Shared Cache Cluster Failure\n\nText.\n").incident["services"] == []


# What must

HEADINGS = """# 2025-03-18 Notebooks would not start

## Timeline

All times in PST

### 2025-03-18 08:10

The scheduler stops handing out servers.
New servers fail for everybody.

```
10:99 not a row
```

### 08:31

A teacher reports it in the channel.

Much later it turned out that this had been fixed once before.

## 09:02

The scheduler is replaced. Incident ends.

## Action items

### Monitoring

1. Alert on servers that wait for more than a minute

### Docs

1. Write down how the scheduler is replaced
"""


def test_headings_with_times_are_rows_and_their_first_paragraph_tells():
    assert minutes(HEADINGS) == (21, 52)
    assert at(HEADINGS, "mitigated") == "2025-03-18T17:02:00.000Z"


def test_actions_stand_under_parts_of_their_section():
    assert len(read(HEADINGS).actions) == 2


def test_a_zone_of_some_rows_is_that_of_all():
    rows = ("- 16:22 CET Search fails", "- 16:59 Alert fires", "- 17:21 CET Search restored")
    text = "# X 2025-03-18\n\n## Timeline\n\n" + "\n".join(rows)
    assert minutes(text) == (37, 59)
    assert at(text, "detected") == "2025-03-18T15:59:00.000Z"


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("13:10 to 13:50 EAT", "10:10"),
        ("1:10 PM to 1:50 PM Eastern Standard Time", "18:10"),
        ("13:10 - 13:50 GMT+2", "11:10"),
    ],
)
def test_the_zone_of_an_interval_is_that_of_rows_without_one(said, utc):
    rows = "- 13:10 Site down\n- 13:12 Alert fires\n- 13:50 Site restored\n"
    text = f"# X 2025-01-18\n\nFrom {said} the site was down.\n\n## Timeline\n\n{rows}"
    assert at(text, "impact_start") == f"2025-01-18T{utc}:00.000Z"
    assert minutes(text) == (2, 40)


def test_pst_in_summer_is_pacific_where_all_times_are():
    text = (
        "# X 2025-07-16\n\n**Duration:** 12:22 PM PST to 3:00 PM PST\n\n## Timeline\n\nAll times in Pacific Time (PT)\n\n"
        "- [12:22 PM] Customer reports failing requests\n- [3:00 PM] Service restored\n"
    )
    assert minutes(text) == (0, 158)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            ("11:21a | Search became unavailable", "11:34 | Staff is notified", "1:41p | Search is up again"),
            (13, 140), id="a letter for half of the day",
        ),
        pytest.param(
            ("23:29 (previous night) | Disk full, errors", "10:00 | Alert fires", "11:00 | Service restored"),
            (631, 691), id="the night before",
        ),
        pytest.param(
            ("10:00 | Search requests fail", "10:09 | Alert fires", "— | Tried restarts", "Same day | Search restored"),
            (9, None), id="cells that nobody can place",
        ),
        pytest.param(
            ("10:34 | Success rate falls to 0%", "10:55 | It heals itself, success rate back to 100%",
             "15:00 | Dip noticed on the dashboard"),
            (266, 21), id="noticed after it was over",
        ),
        pytest.param(
            ("10:00 | The chain halts", "10:06 | A validator notices", "13:00 | A fix is announced", "13:58 | The chain resumes"),
            (6, 238), id="halts and resumes",
        ),
        pytest.param(
            ("10:00 | Checkout fails", "10:05 | Alert fires",
             "10:40 | Checkout is fully recovered and engineers begin to look for the cause"),
            (5, 40), id="what begins in another clause",
        ),
        pytest.param(
            ("10:00 | Uploads stalled", "10:06 | Monitoring detects the stall. A restart follows. This resolves the issue."),
            (6, 6), id="noticed and over in one row",
        ),
        pytest.param(
            ("10:00 | Proxy fails", "10:05 | Alert fires", "10:20 | The proxy is up, but requests fail", "10:45 | Everything works again"),
            (5, 45), id="a but takes it back",
        ),
        pytest.param(
            ("10:00 | The new index node fails to start", "10:05 | Alert fires", "10:20 | Search restored"),
            (5, 20), id="the first trouble is no relapse",
        ),
    ],
)  # fmt: skip
def test_rows(rows, expected):
    text = dated("| Time | Event |", "|---|---|", *(f"| {row} |" for row in rows))
    assert minutes(text) == expected


def test_a_table_may_have_a_column_for_the_day():
    rows = ("| Day | Time (UTC) | Event |", "|---|---|---|", "| 2025-03-18 | 15:57 | Search fails |",
            "| 2025-03-18 | 16:03 | Alert fires |", "| 2025-03-19 | 13:58 | Search restored |")  # fmt: skip
    assert minutes("# X\n\n## Timeline\n\n" + "\n".join(rows)) == (6, 1321)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (("Mean time to detect (MTTD): 3 minutes",), (3, 60)),
        (("Detection time: 2 minutes (alert fired at 10:02 UTC)", "Time to mitigate: 15 minutes (rolled back at 10:15 UTC)"), (2, 15)),
        (("Detected: the problem was seen at 10:20 on the dashboard",), (20, 60)),
    ],
)  # fmt: skip
def test_what_is_stated_outweighs_an_interval(facts, expected):
    listed = "".join(f"- **{one.split(':', 1)[0]}:**{one.split(':', 1)[1]}\n" for one in facts)
    text = (
        f"# X\n\n- **Date:** 2025-03-18\n- **Duration:** 1 hour (10:00 - 11:00 UTC)\n{listed}\n## Timeline\n\n"
        "- 10:00 Search fails\n- 10:00 Alert fires\n- 11:00 Search restored\n"
    )
    assert minutes(text) == expected


def test_how_long_it_lasted_stands_in_where_no_row_tells_its_end():
    text = "# X 2025-03-18\n\n**Outage duration:** 45 minutes\n\n## Timeline (UTC)\n\n- 10:00 Search fails\n- 10:04 Alert fires\n"
    assert minutes(text) == (4, 45)
    assert at(text, "mitigated") is None


def test_a_severity_is_one_and_not_a_choice():
    assert read("# X\n\n**Severity:** SEV2 (major)\n").incident["severity"] == "SEV2"
    assert read("# X\n\n**Severity:** P0 / P1 / P2\n").incident["severity"] is None
