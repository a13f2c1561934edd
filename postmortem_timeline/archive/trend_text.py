"""The trends as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem_timeline.archive.listing import signed
from postmortem_timeline.views import wording

if TYPE_CHECKING:
    from postmortem_timeline.archive.trending import Trends

NAMES = {
    "time_to_detect": "time to detect", "time_to_acknowledge": "time to acknowledge", "time_to_mitigate": "time to mitigate",
    "time_to_resolve": "time to resolve", "detected_to_mitigated": "detected to mitigated", "detected_to_resolved": "detected to resolved",
}  # fmt: skip
VERDICTS = {
    "too few": "too few to compare",
    "no difference shown": "no difference shown",
    "shorter": "shorter of late",
    "longer": "longer of late",
}


def text(trends: Trends) -> str:
    """Counts first, then times with their spread, then what is left to do."""
    return "\n\n".join(filter(None, (_counts(trends), _times(trends), _repeats(trends), _actions(trends)))) + "\n"


def facts(trends: Trends) -> list[tuple[str, str]]:
    """The single numbers, each with how many incidents carry it."""
    downtime = (
        "not known"
        if trends.downtime_seconds is None
        else f"{wording.span(trends.downtime_seconds)} in total (known of {trends.downtime_known})"
    )
    users = (
        "not known" if trends.users_affected is None else f"{trends.users_affected:,} (known of {trends.users_known})"
    )
    return [
        ("incidents", f"{trends.incidents}" + (f", {trends.first} to {trends.last}" if trends.first else "")),
        ("impact duration", downtime), ("users affected", users),
        ("noticed by", ", ".join(f"{name} {count}" for name, count in trends.detected_by.items()) or "-"),
        ("severity", ", ".join(f"{name} {count}" for name, count in trends.severities.items()) or "-"),
        ("by period", ", ".join(f"{name}: {count}" for name, count in trends.by_period.items()) or "-"),
    ]  # fmt: skip


def times(trends: Trends) -> list[tuple[str, ...]]:
    """A row a measure: n, median, its interval, p90, and whether the later half differs."""
    found: list[tuple[str, ...]] = []
    for name, one in trends.times.items():
        if one.median is None:
            found.append((NAMES[name], "0", "-", "-", "-", ""))
            continue
        bounds = "-" if one.low is None or one.high is None else f"{signed(one.low)} to {signed(one.high)}"
        p90 = "-" if one.p90 is None else signed(one.p90)
        found.append((NAMES[name], str(one.n), signed(one.median), bounds, p90, VERDICTS[trends.changes[name].verdict]))
    return found


def action_facts(trends: Trends) -> str:
    done = trends.actions
    late = (
        "overdue not counted: no day was given (--as-of)"
        if done.get("overdue") is None
        else f"{done['overdue']} overdue on {trends.as_of}"
    )
    undated = f"{done['open_without_due_date']} without a due date"
    return f"{done['total']} actions: {done['done']} done, {done['open']} open ({undated}), {done['dropped']} dropped; {late}"


def _counts(trends: Trends) -> str:
    return "\n".join(f"{name:<16} {value}" for name, value in facts(trends))


def _times(trends: Trends) -> str:
    head = ("", "n", "median", "95% interval", "p90", "later half against earlier")
    table = [head, *times(trends)]
    widths = [max(len(row[at]) for row in table) for at in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )


def _repeats(trends: Trends) -> str:
    lines = (
        [f"repeat offenders: {', '.join(f'{name} {count}' for name, count in trends.repeat_services.items())}"]
        if trends.repeat_services
        else []
    )
    lines += [
        f"recurrence: {one['incident']} of {one['of']} ({'; '.join(one['reasons'])})" for one in trends.recurrences
    ]
    return "\n".join(lines)


def _actions(trends: Trends) -> str:
    late = [
        f"  {one['due']}  {one['what']} ({one['owner'] or 'no owner'}; {one['incident']})" for one in trends.overdue
    ]
    return "\n".join([action_facts(trends), *late])
