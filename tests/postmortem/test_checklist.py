from __future__ import annotations

import re

import pytest

from postmortem_timeline.postmortem import markdown, model
from postmortem_timeline.postmortem.checklist import check_document, check_markdown
from tests.archive.moj import HEAD, REPORTS, WRONG_DURATIONS, WRONG_ORDER, WRONG_ROWS

IMPACT = "From 17:42 to 18:27 UTC (45 minutes) some users could not log in; the client failed to connect."

GOOD = f"""# Incident on 2025-07-15

- **Key events**
  - Impact started 2025-07-15 17:42
  - First detected 2025-07-15 17:46
  - Incident declared 2025-07-15 17:50
  - Repaired 2025-07-15 18:27
  - Resolved 2025-07-15 18:32

- **Time to repair**: 0h 41m
- **Time to resolve**: 46 minutes

## Impact

{IMPACT}

## Timeline

| Time | Event |
| --- | --- |
| 17:42 | errors begin |
| 17:46 | alert |
| 18:27 | mitigated |

## Action items

| Action | Owner | Due date |
| --- | --- | --- |
| Alert on expiry | identity team | 2025-08-01 |
"""


def codes(text):
    return [finding.code for finding in check_markdown(text)]


def test_a_sound_postmortem_has_no_findings():
    assert check_markdown(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("0h 41m", "0h 14m", "duration"),
        ("46 minutes", "1 hour", "duration"),
        ("(45 minutes)", "(35 minutes)", "duration"),
        ("Repaired 2025-07-15 18:27", "Repaired 2025-07-15 17:48", "order"),
        ("Resolved 2025-07-15", "Resolved 2024-07-15", "date-far"),
        ("Repaired 2025-07-15 18:27", "Repaired 2025-07-15 18.27", "time-spelling"),
        ("| 17:46 | alert |\n| 18:27 | mitigated |", "| 18:27 | mitigated |\n| 17:46 | alert |", "unsorted"),
        ("identity team", "", "action-owner"),
        ("2025-08-01", "TBD", "action-due"),
        ("some users could not log in", "the engineer should have known", "blame"),
        (IMPACT, "TODO", "empty-section"),
    ],
)  # fmt: skip
def test_each_spoiling_is_found(old, new, code):
    assert code in codes(GOOD.replace(old, new))


def test_a_row_past_midnight_is_in_order():
    assert codes("# Timeline\n\n- 23:50 errors\n- 23:58 alert\n- 00:10 fixed\n") == []


def test_support_hours_are_counted_where_they_are_stated():
    events = "- First detected 2020-08-03 16:00\n- Resolved 2020-08-04 11:00\n\n"
    events += "- Time to resolve: 2h (support hours 10:00-17:00)\n"
    assert codes(f"# Incident\n\n{events}") == []
    assert codes(f"# Incident\n\n{events}".replace(": 2h", ": 5h")) == ["duration"]


def test_our_own_document_has_only_blanks_and_unowned_actions(case):
    text = markdown.render(model.document(case["incident"], case["rows"], case["quotes"]))
    assert {finding.code for finding in check_document(case["incident"], text)} == {
        "blank",
        "action-owner",
        "action-due",
    }


def test_an_edited_number_is_found_against_the_incident(case):
    text = markdown.render(model.document(case["incident"], case["rows"], case["quotes"]))
    spoilt = text.replace("12% of users", "20% of users").replace(
        "detected by monitoring at 17:46:21", "detected at 17:40:00"
    )
    found = [finding for finding in check_document(case["incident"], spoilt) if finding.code == "number"]
    assert len(found) == 2 and all(finding.line > 0 for finding in found)


def test_a_deleted_section_is_found(case):
    text = markdown.render(model.document(case["incident"], case["rows"], case["quotes"]))
    spoilt = re.sub(r"## Lessons.*?(?=## Action items)", "", text, flags=re.DOTALL)
    assert [
        finding.message for finding in check_document(case["incident"], spoilt) if finding.code == "section-missing"
    ]


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the archive of real postmortems is not here")
@pytest.mark.parametrize(("code", "truth"), [("duration", WRONG_DURATIONS), ("order", WRONG_ORDER)])
def test_a_real_archive(code, truth):
    found = [
        path.name[:10] for path in sorted(REPORTS.glob("20*.md")) if code in codes(path.read_text(encoding="utf-8"))
    ]
    assert found == truth


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the archive of real postmortems is not here")
def test_rows_of_a_real_archive():
    def bare(path):
        return [finding for finding in check_markdown(path.read_text(encoding="utf-8"))
                if finding.code == "unsorted" or (finding.code == "date-far" and finding.line > HEAD)]  # fmt: skip

    assert [path.name[:10] for path in sorted(REPORTS.glob("20*.md")) if bare(path)] == WRONG_ROWS


LISTS = """# Incident on 2025-07-15

- Started 2025-07-15 17:42
- Detected 2025-07-15 17:46
- Resolved 2025-07-15 18:32

## Timeline

| Time | Event |
| --- | --- |
| 19:42 | the outage started |
| 19:46 | detected by an alert |
| 20:32 | resolved |
"""


def test_two_lists_whole_hours_apart_are_found():
    (found,) = [one for one in check_markdown(LISTS) if one.code == "hour-shift"]
    assert "2 h later" in found.message and found.line == 11


@pytest.mark.parametrize(
    "edit",
    [("19:42", "17:42"), ("| 19:46 | detected by an alert |\n| 20:32 | resolved |\n", "| 19:50 | x |\n| 19:59 | y |\n")],
    ids=["one of them agrees", "only one event is in both"],
)
def test_what_is_no_shift(edit):
    assert "hour-shift" not in codes(LISTS.replace(*edit))


def test_a_date_that_no_slip_explains_is_found():
    assert "date-outside" in codes(GOOD.replace("Resolved 2025-07-15 18:32", "Resolved 2027-02-11 18:32"))


@pytest.mark.parametrize("action", ["Monitoring", "Be more careful", "Better alerts", "Try to deploy less on Fridays"])
def test_an_action_that_says_no_deed(action):
    assert "action-verb" in codes(GOOD.replace("Alert on expiry", action))


@pytest.mark.parametrize(
    "action",
    ["Add monitoring", "Alert earlier on this[^abc123]", "Monitor the token's age", "Better alerts: page when a token is old"],
)
def test_an_action_that_says_a_deed(action):
    assert "action-verb" not in codes(GOOD.replace("Alert on expiry", action))


def test_a_timeline_of_actions_is_no_list_of_actions_to_take():
    assert codes("# Log\n\n| Time | Action taken |\n| --- | --- |\n| 10:00 | rolled back |\n") == []


def test_comments_are_no_prose():
    assert codes("# Log\n\nAll is said.\n\n<!--\nhuman error, TBD\n-->\n") == []


def test_a_sum_of_stretches_is_no_difference_of_two_milestones():
    text = GOOD.replace("- **Time to repair**: 0h 41m", "- **Impact duration**: 10 min, the union of the windows: 4 min + 6 min")
    assert codes(text) == []
