"""The demo incident amid many told events of one sort (or of all): how long a build takes, and whether it finds the same.

    python -m tests.benchmarks.told [--sort changes --count 100000] [--profile]

Without options each sort runs at its usual size. Printed are seconds, rows, the marks that moved, and the first change.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import postmortem_timeline as pt
from postmortem_timeline.demo import write_exports
from tests.benchmarks.told_exports import USUAL, write

MOVED = 1.0  # seconds by which a mark may differ


def build(folder: Path) -> tuple[float, Any]:
    start = time.perf_counter()
    built = pt.build_timeline([str(folder)])
    return time.perf_counter() - start, built


def differences(ours: Mapping[str, Any], calm: Mapping[str, Any]) -> list[str]:
    """What the crowd changed: marks, and the likeliest change."""
    import pandas as pd

    found = []
    for name, mark in calm["lifecycle"].items():
        was, now = mark["at"], ours["lifecycle"][name]["at"]
        same = was == now or (was and now and abs((pd.Timestamp(was) - pd.Timestamp(now)).total_seconds()) <= MOVED)
        if not same:
            found.append(f"{name}: {was} -> {now} ({ours['lifecycle'][name]['reason'][:80]})")
    first, now = calm["changes"][0], ours["changes"][0]
    if first["citations"][0] not in now["citations"]:
        found.append(f"first change: {first['summary']} -> {now['summary']} ({now['score']}: {now['reason']})")
    return found


def run(sort: str, count: int, calm: Mapping[str, Any], *, profile: bool) -> None:
    with tempfile.TemporaryDirectory() as work:
        write_exports(Path(work, "in"))
        for one, number in USUAL.items() if sort == "all" else [(sort, count)]:
            write(one, number, Path(work, "in", "crowd"))
        profiler = cProfile.Profile() if profile else None
        if profiler:
            profiler.enable()
        seconds, built = build(Path(work, "in"))
        if profiler:
            profiler.disable()
        incident = built.incident
        print(
            f"{sort:12} {count:>8,}  {seconds:6.1f} s  {len(built.frame)} rows  {len(incident['changes'])} changes",
            flush=True,
        )
        for line in differences(incident, calm):
            print(f"    {line}", flush=True)
        start = time.perf_counter()
        built.save(Path(work, "out"))
        sizes = {path.name: path.stat().st_size // 1000 for path in sorted(Path(work, "out").iterdir())}
        print(f"    saved in {time.perf_counter() - start:.1f} s; kB: {sizes}", flush=True)
        if profiler:
            pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sort", choices=[*USUAL, "all"])
    parser.add_argument("--count", type=int)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        write_exports(Path(work))
        seconds, calm = build(Path(work))
    print(f"{'alone':12} {'':8}  {seconds:6.1f} s  {len(calm.frame)} rows", flush=True)
    for sort in [asked.sort] if asked.sort else [*USUAL, "all"]:
        count = asked.count or USUAL.get(sort, sum(USUAL.values()))
        run(sort, count, calm.incident, profile=asked.profile)


if __name__ == "__main__":
    main()
