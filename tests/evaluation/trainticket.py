"""Suite: real injected faults of a microservice system (network delay, CPU contention) that leave few error lines.

Each case is what a team would export: the three minutes of logs that begin around the injection, and one minute of the
morning. The truth is the list of injections; nothing of it reaches the build, which has only logs.
"""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from postmortem_timeline import build_timeline
from postmortem_timeline.correlate.hops import hops
from postmortem_timeline.correlate.lags import FLOOR, SLOWER, Lag, lags
from postmortem_timeline.digest.evidence import evidence
from postmortem_timeline.digesting import digest_paths

from .data import SHARED
from .result import Result
from .trainticket_moved import judged, table
from .trainticket_planted import numbers as planted_numbers

NAME = "trainticket"
FOLDER = SHARED / "incidents" / "trainticket-2023-01-30"
FAST = 5  # cases of the fast subset
MINUTES = 3
SECOND = 1_000_000_000
CALM = 500  # records of traces that a minute before an injection needs
EVEN = 0.5  # a suspect below this is a hint


@dataclass(frozen=True)
class Fault:
    """One injection: when (Unix seconds), into which service, and the files of the minutes around it."""

    at: int
    service: str
    kind: str
    files: tuple[Path, ...]


def faults(folder: Path) -> list[Fault]:
    """All injections, in order of time."""
    told = json.loads((folder / "truth_fault_list.json").read_text(encoding="utf-8"))
    found = sorted((f for hour in told.values() for f in hour), key=lambda f: int(f["inject_timestamp"]))
    return [_fault(folder, one) for one in found]


def _fault(folder: Path, told: dict[str, str]) -> Fault:
    at = int(told["inject_timestamp"])
    clock = datetime.fromisoformat(told["inject_time"])
    minute = clock.hour * 60 + clock.minute
    files = sorted((folder / "logs").glob("*_log.csv.gz"))
    mine = tuple(path for path in files if 0 <= _minute(path) - minute < MINUTES)
    return Fault(at, re.sub(r"-[0-9a-f]+-\w+$", "", told["inject_pod"]), told["inject_type"], mine)


def _minute(path: Path) -> int:
    hour, minute = path.name.split("_")[:2]
    return int(hour) * 60 + int(minute)


def run(fast: bool) -> Result:
    """The service at fault, the onset, and what must be null."""
    if not FOLDER.exists():
        return Result(NAME, skipped=f"no {FOLDER.name}")
    rest = sorted((FOLDER / "baseline").glob("*.csv.gz"))
    found = [(fault, _row(fault, _built([*rest, *fault.files]))) for fault in faults(FOLDER)[: FAST if fast else None]]
    rows = [row for _, row in found]
    calm = _built(rest)
    stretches = calm_stretches([fault for fault, _ in found], rest)
    ranks = [row["rank"] or 99 for row in rows]
    onsets = [abs(row["onset s"]) for row in rows if row["onset s"] is not None]
    summary = {
        "first": round(sum(rank == 1 for rank in ranks) / len(rows), 4),
        "in_three": round(sum(rank <= 3 for rank in ranks) / len(rows), 4),
        "onset_median_s": round(statistics.median(onsets), 1) if onsets else 999.0,
        "impact_claimed": float(sum(row["impact"] for row in rows) + (_mark(calm, "impact_start") is not None)),
        "baseline_suspects": float(len(calm["services"])),
        "calm_stretches_suspected": round(sum(map(_suspected, stretches)) / max(len(stretches), 1), 4),
        "clocks_moved": float(sum(row["moved"] for row in rows)),
    }
    goals = {
        "first": (">=", 0.88), "in_three": (">=", 0.94), "onset_median_s": ("<=", 15.0), "impact_claimed": ("==", 0.0),
        "baseline_suspects": ("==", 0.0),
        "calm_stretches_suspected": ("<=", 0.2), "clocks_moved": ("==", 0.0),
    }  # fmt: skip
    moved, moved_notes = ({}, []) if fast else _moved([fault for fault, _ in found], rest)
    if moved:
        summary |= moved
        goals |= {"moved_first_least": (">=", 0.82), "moved_sure_right": (">=", 0.9)}
    planted, planted_notes = ({}, []) if fast else _planted([fault for fault, _ in found], rest)
    if planted:
        summary |= planted
        goals |= {"planted_all_first": (">=", 0.7), "planted_calm_suspected": ("==", 0.0), "planted_sure_right": (">=", 0.9)}
    calm_notes = [f"Calm stretch {place + 1}: {_first(lags(told, {}))}." for place, told in enumerate(stretches)]
    return Result(NAME, rows, summary, goals, notes=[*_misses(found, rest), *calm_notes, *moved_notes, *planted_notes])


def calm_stretches(cases: list[Fault], rest: list[Path]) -> list[pd.DataFrame]:
    """The morning's minute and what was logged before each of three injections: traces without a fault, minutes long."""
    before = []
    for fault in cases:
        told = _traced(list(fault.files[:1]))
        kept = told[told["t_ns"] < fault.at * SECOND]
        if len(kept) > CALM:
            before.append(kept)
    morning = _traced(rest)
    return [pd.concat([morning, *before[place : place + 3]]) for place in range(0, len(before) - 2, 3)]


def _moved(cases: list[Fault], rest: list[Path]) -> tuple[dict[str, float], list[str]]:
    """The same faults told in other ways; a calm stretch is what was logged before an injection."""
    told = [_traced(list(fault.files)) for fault in cases]
    before = [one[one["t_ns"] < fault.at * SECOND] for fault, one in zip(cases, told, strict=True)]
    named = [(fault.service, one) for fault, one in zip(cases, told, strict=True)]
    return table(list(judged(named, _traced(rest), [one for one in before if len(one) > CALM])))


def _planted(cases: list[Fault], rest: list[Path]) -> tuple[dict[str, float], list[str]]:
    """Faults that slow nothing, put into what was logged before the injections."""
    severities: dict[str, int] = {}
    stretches = [_traced(rest, severities)]
    for fault in cases:
        told = _traced(list(fault.files[:1]), severities)
        stretches.append(told[told["t_ns"] < fault.at * SECOND])
    return planted_numbers([one for one in stretches if len(one) > CALM], severities)


def _traced(paths: list[Path], severities: dict[str, int] | None = None) -> pd.DataFrame:
    digested = digest_paths([str(path) for path in paths])
    told = evidence(digested.digest, digested.users)
    if severities is not None:
        for text, severity in zip(told.patterns["template"], told.patterns["severity"], strict=True):
            severities[text] = max(severities.get(text, 0), int(severity))
    assert told.traced is not None
    return told.traced


def _suspected(told: pd.DataFrame) -> bool:
    return any(float(str(lag.suspect()["score"])) >= EVEN for lag in lags(told, {}))


def _first(found: list[Lag]) -> str:
    return f"{found[0].service} is named first, with a score of {found[0].suspect()['score']}" if found else "nobody is named"


def _built(paths: list[Path]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(build_timeline([str(path) for path in paths]).to_json())
    return found


def _mark(incident: dict[str, Any], name: str) -> float | None:
    at = incident["lifecycle"][name]["at"]
    return None if at is None else datetime.fromisoformat(at).timestamp()


def _row(fault: Fault, incident: dict[str, Any]) -> dict[str, Any]:
    names = [service["name"] for service in incident["services"]]
    onset = _mark(incident, "onset")
    clock = datetime.fromtimestamp(fault.at, UTC).strftime("%H:%M:%S")
    return {
        "fault": f"{clock} {fault.service}", "kind": fault.kind,
        "rank": names.index(fault.service) + 1 if fault.service in names else None,
        "first named": names[0] if names else None,
        "score": incident["services"][0]["score"] if names else None,
        "onset s": None if onset is None else round(onset - fault.at, 1),
        "impact": _mark(incident, "impact_start") is not None,
        "moved": any(clock["applied"] for clock in incident["clocks"]),
    }  # fmt: skip


def _misses(found: list[tuple[Fault, dict[str, Any]]], rest: list[Path]) -> Iterator[str]:
    """Every fault that is not named first, with what the logs hold of it."""
    for fault, row in found:
        if row["rank"] != 1:
            place = "is not named" if row["rank"] is None else f"stands at place {row['rank']}"
            yield (
                f"{row['fault']} ({row['kind']}) {place}, {row['first named'] or 'nobody'} is named first. "
                f"{traces_left(fault, rest)}"
            )


def traces_left(fault: Fault, rest: list[Path]) -> str:
    """The proof: how many steps of traces touch the service after its injection, and how many of them are slow."""
    steps = hops(_traced([*rest, *fault.files]), {})
    number = steps.attrs["names"].index(fault.service)
    touching = steps[(steps["caller"] == number) | (steps["to"] == number)]
    after = touching["at_ns"] >= fault.at * SECOND
    asked = (touching["to"] == number) & (touching["caller"] != number) & touching["call"]
    slow = touching["ms"] + FLOOR > SLOWER[0] * (touching["usual_ms"] + FLOOR)
    counts = [int(x.sum()) for x in (after, after & slow, ~after, ~after & slow, after & asked, after & asked & slow)]
    return (
        f"After the injection {counts[1]} of {counts[0]} steps that touch it are over {SLOWER[0]:g} times as long as usual, before "
        f"{counts[3]} of {counts[2]}; other services are seen to call it {counts[4]} times, {counts[5]} of them slowly."
    )
