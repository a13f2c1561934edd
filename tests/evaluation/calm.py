"""Suite: nothing is wrong. How often a window of failure is claimed all the same, by kind of background and on real logs."""

from __future__ import annotations

import os
from pathlib import Path

from .background import SOURCE, heartbeat, hours
from .result import Result

NAME = "calm"
LOW = 0.5  # a claim of at most this confidence is a low one
SHARED = Path(os.environ.get("PMT_EVALUATION_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
REAL = {"loghub": "logs/loghub", "apache_access": "logs/apache_access", "TrainTicket baseline": "incidents/trainticket-2023-01-30/baseline"}


def run(fast: bool) -> Result:
    """False alarms per service-hour, and windows claimed on real logs without an incident."""
    alarms: dict[str, list[bool]] = {}
    for kind, _, (requests, users) in hours(fast):
        alarms.setdefault(kind, []).append(claimed(requests, users))
    rows: list[dict[str, object]] = [
        {"background": kind, "hours": len(seen), "windows": sum(seen), "per hour": round(sum(seen) / len(seen), 4)}
        for kind, seen in alarms.items()
    ]
    bursts = [alarm for kind, seen in alarms.items() if kind.startswith("bursts") for alarm in seen]
    summary = {
        "poisson": float(sum(alarms["Poisson"])), "daily": float(sum(alarms["daily swing"])),
        "bursts_per_hour": round(sum(bursts) / len(bursts), 4),
        "stubborn_per_hour": round(sum(alarms["one stubborn client"]) / len(alarms["one stubborn client"]), 4),
    }  # fmt: skip
    goals = {"poisson": ("==", 0.0), "daily": ("==", 0.0), "bursts_per_hour": ("<=", 0.01), "stubborn_per_hour": ("<=", 0.01)}
    notes = []
    for name, below in REAL.items():
        if (SHARED / below).exists():
            said = real(SHARED / below)
            rows.append({"background": name, "hours": None, "windows": len(said), "per hour": None})
            summary[name], goals[name] = float(len(said)), ("==", 0.0)
            notes += [f"{name}: {window}" for window in said]
        else:
            notes.append(f"{name}: not here, not measured")
    return Result(NAME, rows, summary, goals, notes=notes)


def claimed(requests, users) -> bool:  # type: ignore[no-untyped-def]
    """Whether a window is found in an hour."""
    from postmortem_timeline.correlate.outages import outages
    from postmortem_timeline.correlate.several import several
    from postmortem_timeline.correlate.vantage import server_error

    found = several(outages(requests, heartbeat()), users, [SOURCE], server_error, {}, total=int(requests["n"].sum()))
    return len(found.windows) > 0


def real(folder: Path) -> list[str]:
    """The windows claimed of each log (or folder of logs) above low confidence."""
    from postmortem_timeline import build_timeline

    said = []
    for below in sorted(path for path in folder.iterdir() if not path.name.startswith((".", "LICENSE", "README"))):
        incident = build_timeline(below).incident
        if (incident["lifecycle"]["impact_start"].get("confidence") or 0.0) > LOW:
            said += [f"{below.name} {start} to {end}" for start, end in incident["impact"]["windows"]]
    return said
