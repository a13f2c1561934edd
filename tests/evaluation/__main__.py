"""`python -m tests.evaluation [suite ...] [--fast] [--write]`: run suites, print a table for each, write the tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import report
from .data import REPOSITORY
from .stored import store
from .suites import SUITES, run

DOCUMENT = REPOSITORY / "docs" / "evaluation.md"


def main() -> int:
    """Exit status 1 where a number misses its goal, so that a script can tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description="Measure how right the tool is.")
    parser.add_argument("suites", nargs="*", metavar="suite", help=f"of {', '.join(SUITES)}; all where none is named")
    parser.add_argument("--fast", action="store_true", help="the subset that the tests run")
    parser.add_argument("--write", action="store_true", help="the tables into docs/evaluation.md; with --fast, stored.json")
    parser.add_argument("--date", help="said in the tables; nothing reads the clock")
    parser.add_argument("--machine", help="said in the tables")
    parser.add_argument("--output", type=Path, help="a folder for evaluation.json and evaluation.md")
    asked = parser.parse_args()
    unknown = [name for name in asked.suites if name not in SUITES]
    if unknown:
        parser.error(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    if asked.write and not asked.fast and not (asked.date and asked.machine):
        parser.error("--write puts the tables into the documentation and needs --date and --machine")
    results = []
    for name in asked.suites or SUITES:
        results.append(run(name, asked.fast))
        print(f"## {name}\n\n{report.markdown(results[-1])}", flush=True)
    stamp = ", ".join(part for part in (asked.date, asked.machine) if part) or "undated"
    if asked.output:
        asked.output.mkdir(parents=True, exist_ok=True)
        (asked.output / "evaluation.json").write_text(report.as_json(results, asked.date, asked.machine), encoding="utf-8")
        text = "\n".join(f"## {r.name}\n\n{report.markdown(r)}" for r in results)
        (asked.output / "evaluation.md").write_text(f"{stamp}\n\n{text}", encoding="utf-8")
    if asked.write and asked.fast:
        store(results)
    elif asked.write:
        document = DOCUMENT.read_text(encoding="utf-8")
        for result in results:
            if not result.skipped:
                document = report.into(document, result, stamp)
        DOCUMENT.write_text(report.with_overview(document), encoding="utf-8")
    return int(any(r.reached(name) is False for r in results for name in r.summary))


if __name__ == "__main__":
    sys.exit(main())
