"""Suite: kinds of fault under conditions of their exports, built and compared with the truth."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from fixtures.compose.compose import compose
from fixtures.compose.conditions import CONDITIONS
from fixtures.compose.kinds import KINDS
from fixtures.generate.files import write_folder

from .result import Result
from .scoring import Row, score
from .scoring_echoes import echo_counts

NAME = "scenarios"
MIXED = 40  # cases of three conditions at once
GOALS = {
    "share_median_points": ("<=", 0.1), "share_worst_points": ("<=", 2.0), "start_median_s": ("<=", 2.0),
    "start_p90_s": ("<=", 30.0), "end_worst_s": ("<=", 30.0), "downtime_median": ("<=", 0.01),
    "downtime_p90": ("<=", 0.03), "clock_right": ("==", 1.0), "clock_wrong_and_sure": ("==", 0.0),
    "zone_right": (">=", 0.99), "copies_right": ("==", 1.0), "echo_precision": (">=", 0.98),
    "echo_recall": (">=", 0.95), "false_alarms": ("==", 0.0), "crashed": ("==", 0.0),
}  # fmt: skip


# Where the exports begin in the dark nothing was there before; two thin incidents of a night are one to anybody.
NOBODY_COULD_TELL = {("dark_gateway", "begins_at_alert"), ("night", "two_incidents")}


def cases(fast: bool) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Each condition with one kind; in full every second pair of both besides, and mixtures of three conditions."""
    kinds, conditions = list(KINDS), list(CONDITIONS)
    for j, condition in enumerate(conditions):
        for i, kind in enumerate(kinds):
            if (kind, condition) in NOBODY_COULD_TELL:
                continue
            if i == (j * 5 + 3) % len(kinds) or (not fast and (i + j) % 2 == 0):
                yield kind, (condition,), 7000 + 100 * i + j
    for n in range(0 if fast else MIXED):
        some = tuple(dict.fromkeys(conditions[(n * a + b) % len(conditions)] for a, b in ((1, 0), (5, 9), (7, 17))))
        if not any((kinds[n % len(kinds)], name) in NOBODY_COULD_TELL for name in some):
            yield kinds[n % len(kinds)], some, 9000 + n


class Measured(NamedTuple):
    """One case's row, its marks (None where the build raised) and its truth."""

    row: Row
    lifecycle: dict[str, Any] | None
    truth: dict[str, Any]


def run(fast: bool) -> Result:
    """Build every case and score it."""
    return judged([case.row for case in measured(fast)])


@cache
def measured(fast: bool) -> tuple[Measured, ...]:
    """Every case; kept, since two suites read them."""
    return tuple(scored(*case) for case in cases(fast))


def scored(kind: str, conditions: tuple[str, ...], seed: int) -> Measured:
    """One case; one that raises has a row that says so."""
    from postmortem_timeline import build_timeline

    exports, truth = compose(kind, conditions, seed)
    row: Row = {"case": f"{kind} {'+'.join(conditions)}", "seed": seed}
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder) / "exports", exports)
        try:
            incident = build_timeline(Path(folder) / "exports", until=truth["until"]).incident
            echoes = echo_counts(Path(folder) / "exports")
        except Exception as error:
            return Measured(row | {"crashed": repr(error)[:200]}, None, truth)
    return Measured(row | score(incident, truth) | echoes, incident["lifecycle"], truth)


def judged(rows: list[Row]) -> Result:
    """The numbers over all rows; a number is taken over the rows that can show it."""
    summary: dict[str, float] = {"cases": float(len(rows)), "crashed": float(sum("crashed" in row for row in rows))}
    for column, name, how in (
        ("share", "share_median_points", statistics.median), ("share_over", "share_worst_points", max),
        ("start", "start_median_s", statistics.median), ("start", "start_p90_s", p90),
        ("end", "end_median_s", statistics.median), ("end", "end_p90_s", p90), ("end", "end_worst_s", max),
        ("downtime", "downtime_median", statistics.median), ("downtime", "downtime_p90", p90),
        ("clock", "clock_right", mean), ("clock_sure_and_wrong", "clock_wrong_and_sure", sum), ("zone", "zone_right", mean),
        ("copies", "copies_right", mean), ("false_alarm", "false_alarms", sum), ("windows", "window_count_right", mean),
        ("detected", "detected_right", mean), ("acknowledged", "acknowledged_right", mean),
        ("resolved", "resolved_right", mean), ("service", "service_first", mean), ("change", "change_first", mean),
    ):  # fmt: skip
        summary |= _number(rows, column, name, how)
    pairs = {name: sum(int(str(row.get(name, 0))) for row in rows) for name in ("echo_right", "echo_found", "echo_true")}
    if pairs["echo_found"] and pairs["echo_true"]:
        summary["echo_precision"] = pairs["echo_right"] / pairs["echo_found"]
        summary["echo_recall"] = pairs["echo_right"] / pairs["echo_true"]
    goals = {name: goal for name, goal in GOALS.items() if name in summary}
    return Result(NAME, rows, summary, goals, notes=misses(rows), brief=by_kind(rows))


def by_kind(rows: list[Row]) -> list[dict[str, object]]:
    """A row for each kind of fault."""
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        kinds.setdefault(str(row["case"]).partition(" ")[0], []).append(row)
    said = []
    for kind, own in kinds.items():
        line: dict[str, object] = {"kind": kind, "cases": len(own), "missed": len(misses(own))}
        for column, name, how in (
            ("start", "start median s", statistics.median), ("start", "start worst s", max), ("end", "end median s", statistics.median),
            ("end", "end worst s", max), ("share_over", "share worst points", max), ("downtime", "downtime median", statistics.median),
            ("service", "service first", mean), ("change", "change first", mean),
        ):  # fmt: skip
            line[name] = _number(own, column, name, how).get(name)
        said.append(line)
    return said


def _number(rows: list[Row], column: str, name: str, how: Callable[[list[float]], float]) -> dict[str, float]:
    values = [float(value) for row in rows if isinstance(value := row.get(column), (int, float))]
    return {name: round(float(how(values)), 4)} if values else {}


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def p90(values: list[float]) -> float:
    return sorted(values)[max(0, int(0.9 * len(values) + 0.999) - 1)]


LIMITS = {"start": 30.0, "end": 30.0, "share_over": 2.0, "downtime": 0.03}


def misses(rows: list[Row]) -> list[str]:
    """A line for each case that misses a goal: which, and by how much."""
    said = []
    for row in rows:
        wrong = [f"{name} {row[name]}" for name, limit in LIMITS.items() if _number_of(row, name) > limit]
        wrong += [name for name in ("copies", "zone", "clock", "windows") if row.get(name) is False]
        wrong += [name for name in ("false_alarm", "clock_sure_and_wrong", "crashed") if row.get(name)]
        if wrong:
            said.append(f"{row['case']} ({row['seed']}): {', '.join(wrong)}; {row.get('found', '')}")
    return said


def _number_of(row: Row, name: str) -> float:
    value: Any = row.get(name)
    return float(value) if isinstance(value, (int, float)) else 0.0
