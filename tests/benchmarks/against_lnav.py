"""`pmt build` of a large access log against lnav's own count by minute and status, in the same run.

    python -m tests.benchmarks.against_lnav SEED_LOG [--gb 1] [--runs 3] [--second-gb]

SEED_LOG is any combined access log; it is grown to the size asked for, with an outage planted.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests.benchmarks.grow import Truth, grow
from tests.benchmarks.timed import Run, timed

COUNT = "SELECT strftime('%Y-%m-%d %H:%M', log_time) AS minute, sc_status, count(*) AS n FROM access_log GROUP BY 1, 2"


def count_with_lnav(log: Path, work: Path, lines: int) -> Run:
    """Headless lnav; its counts must add up to the lines of the file, else it did not do the work."""
    answer = work / "lnav.csv"
    answer.unlink(missing_ok=True)
    command = ["lnav", "-n", "-c", f";{COUNT}", "-c", f":write-csv-to {answer}", str(log)]
    run = timed(command, output=work / "lnav.out", env={"HOME": str(work), "XDG_CONFIG_HOME": str(work)})
    with answer.open() as file:
        counted = sum(int(row["n"]) for row in csv.DictReader(file))
    if counted != lines:
        sys.exit(f"lnav counted {counted} of {lines} lines")
    return run


def build_with_pmt(log: Path, work: Path) -> tuple[Run, dict]:
    """`pmt build`, into a new folder each time."""
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    run = timed(
        [sys.executable, "-m", "postmortem_timeline", "build", str(log), "-o", str(out)], output=work / "pmt.out"
    )
    return run, json.loads((out / "incident.json").read_text())


def compare(log: Path, work: Path, truth: Truth, runs: int) -> Run:
    """Both programs in turn, the best of each; prints a row per run, the ratio, and what was found."""
    rows = []
    for number in range(runs):
        lnav = count_with_lnav(log, work, truth.lines)
        pmt, incident = build_with_pmt(log, work)
        rows.append((lnav, pmt))
        print(f"run {number + 1}: lnav {lnav}   pmt build {pmt}   ratio {lnav.seconds / pmt.seconds:.2f}", flush=True)
    lnav, pmt = (min((row[i] for row in rows), key=lambda run: run.seconds) for i in (0, 1))
    speeds = [log.stat().st_size / 1e6 / run.seconds for run in (lnav, pmt)]
    print(f"best: lnav {speeds[0]:.0f} MB/s, pmt build {speeds[1]:.0f} MB/s, ratio {speeds[1] / speeds[0]:.2f}")
    judge(incident, truth)
    return pmt


def judge(incident: dict, truth: Truth) -> None:
    """The planted outage beside what was found; a benchmark of a wrong answer is worth nothing."""
    marks, users, requests = incident["lifecycle"], incident["impact"]["users"], incident["impact"]["requests"]
    records = sum(row["records"] for row in incident["ledger"])
    print(f"impact_start  {apart(marks['impact_start']['at'], truth.start)}")
    print(f"mitigated     {apart(marks['mitigated']['at'], truth.end)}")
    print(f"users         {users}, planted {truth.users_failed} of {truth.users_in_window}")
    print(f"requests      {requests}, planted {truth.failed_in_window} of {truth.requests_in_window}")
    print(f"records       {records} of {truth.lines} lines")


def apart(found: str | None, true: str) -> str:
    return (
        "not found"
        if found is None
        else f"{(datetime.fromisoformat(found) - datetime.fromisoformat(true)).total_seconds():+.0f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=Path, metavar="SEED_LOG")
    parser.add_argument("--gb", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--second-gb", action="store_true", help="as much again, to see that memory does not grow")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pmt-benchmark-") as folder:
        work, size = Path(folder), int(given.gb * 1e9)
        once = compare(work / "once.log", work, grow(given.seed, work / "once.log", size), given.runs)
        if given.second_gb:
            (work / "once.log").unlink()
            grow(given.seed, work / "twice.log", 2 * size)
            twice, _ = build_with_pmt(work / "twice.log", work)
            print(f"twice the size: {twice}; peak {twice.peak_mb - once.peak_mb:+.0f} MB")


if __name__ == "__main__":
    main()
