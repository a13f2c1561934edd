"""Suite: what is wrong in a public archive of real postmortems, and their key events, against truth marked by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.archive.moj import HEAD, KEY_EVENTS, WRONG_DURATIONS, WRONG_ORDER, WRONG_ROWS

from .data import SHARED
from .result import Result

NAME = "postmortems"
REPORTS = SHARED / "postmortems" / "moj"
TRUTH = {"stated durations": WRONG_DURATIONS, "milestones out of order": WRONG_ORDER, "rows out of place": WRONG_ROWS}
MINUTES = 16  # characters of a time to the minute, which is all that a report states


def run(fast: bool) -> Result:
    """Reports named where something is wrong, against those where it is; key events right to the minute."""
    paths = sorted(REPORTS.glob("20*.md"))
    if not paths:
        return Result(NAME, skipped="the public archive is not here")
    found = _found(paths)
    rows: list[dict[str, object]] = [
        {
            "what": what, "reports": len(paths), "wrong": len(truth), "found": len(found[what] & set(truth)),
            "missed": len(set(truth) - found[what]), "false alarms": len(found[what] - set(truth)),
        }
        for what, truth in TRUTH.items()
    ]  # fmt: skip
    misses = _wrong_events()
    stated = sum(map(len, KEY_EVENTS.values()))
    rows.append({"what": "key events", "reports": len(KEY_EVENTS), "stated": stated, "right": stated - len(misses)})
    summary = {
        "missed": float(sum(len(set(truth) - found[what]) for what, truth in TRUTH.items())),
        "false_alarms": float(sum(len(found[what] - set(truth)) for what, truth in TRUTH.items())),
        "key_events_right": round(1 - len(misses) / stated, 4),
    }
    goals = {"missed": ("==", 0.0), "false_alarms": ("==", 0.0), "key_events_right": (">=", 0.95)}
    return Result(NAME, rows, summary, goals, notes=[*_named(found), *misses])


def _found(paths: Iterable[Path]) -> dict[str, set[str]]:
    """The days of the reports in which the check finds something, by what."""
    from postmortem_timeline.postmortem.checklist import check_markdown

    found: dict[str, set[str]] = {what: set() for what in TRUTH}
    for path in paths:
        for one in check_markdown(path.read_text(encoding="utf-8")):
            if one.code == "duration":
                found["stated durations"].add(path.name[:10])
            elif one.code == "order":
                found["milestones out of order"].add(path.name[:10])
            elif one.code == "unsorted" or (one.code == "date-far" and one.line > HEAD):
                found["rows out of place"].add(path.name[:10])
    return found


def _named(found: dict[str, set[str]]) -> list[str]:
    """Each miss and each false alarm by its report."""
    said = []
    for what, truth in TRUTH.items():
        said += [f"{day}: {what}, missed" for day in sorted(set(truth) - found[what])]
        said += [f"{day}: {what}, a false alarm" for day in sorted(found[what] - set(truth))]
    return said


def _wrong_events() -> list[str]:
    from postmortem_timeline.archive.reports.report import read_report

    said = []
    for name, marks in KEY_EVENTS.items():
        report = read_report((REPORTS / f"{name}.md").read_text(encoding="utf-8"), f"{name}.md")
        for mark, at in marks.items():
            got = (report.incident["lifecycle"][mark]["at"] or "")[:MINUTES]
            if got != at:
                said.append(f"{name}: {mark} is {at or 'unknown'}, found {got or 'nothing'}")
    return said
