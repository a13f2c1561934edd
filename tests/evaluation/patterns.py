"""Suite: grouping of messages against hand-labelled logs of eight systems, and how fast it goes.

A line counts where the lines of its template are exactly those of its true template. `left_out` is the mean where the
rules for each system are chosen on the seven others alone, among all that could be switched or set.
"""

from __future__ import annotations

import csv
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from postmortem_timeline.digest import templates as rules

from .data import SHARED
from .result import Result

NAME = "patterns"
FOLDER = SHARED / "logs" / "loghub"
NEVER = 1_000_000  # variants that no place of a template has


class Choice(NamedTuple):
    """What could be chosen: a masking rule to leave out, how many variants are values, how many words must agree."""

    without: int | None
    variants: int
    constant: int


SHIPPED = Choice(None, rules.VARIANTS, rules.CONSTANT)


def choices() -> list[Choice]:
    """What is shipped first, so that it wins a tie."""
    every = [
        Choice(without, variants, constant)
        for without in (None, *range(len(rules.RULES)))
        for variants in (3, 4, 5, 6, 7, 8, NEVER)
        for constant in (1, 2, 3)
    ]
    return [SHIPPED, *(choice for choice in every if choice != SHIPPED)]


def run(fast: bool) -> Result:
    """Accuracy by system, as shipped and with what the others choose, and messages a second."""
    systems = {path.parent.name: path for path in sorted(FOLDER.glob("*/*_structured.csv"))}
    if not systems:
        return Result(NAME, skipped="no labelled logs")
    every = [SHIPPED] if fast else choices()
    score = {name: _accuracies(path, every) for name, path in systems.items()}
    rows: list[dict[str, object]] = []
    for name in systems:
        rest = [other for other in systems if other != name]
        chosen = max(every, key=lambda choice: statistics.fmean(score[other][choice] for other in rest))
        rows.append({
            "system": name, "as shipped": round(score[name][SHIPPED], 4),
            "left out": None if fast else round(score[name][chosen], 4),
            "chosen by the others": None if fast else _told(chosen),
        })  # fmt: skip
    shipped = [score[name][SHIPPED] for name in systems]
    summary = {"mean": round(statistics.fmean(shipped), 4), "lowest": round(min(shipped), 4), **_speeds()}
    goals = {
        "lowest": (">=", 0.8), "left_out": (">=", 0.95), "few_shapes_per_s": (">=", 1e6), "distinct_per_s": (">=", 1e5),
    }  # fmt: skip
    if not fast:
        summary["left_out"] = round(statistics.fmean(float(str(row["left out"])) for row in rows), 4)
    notes = [
        "What the others choose is which masks are on, how many variants are values and how many words must agree; the masks "
        "themselves were written with these logs at hand, so expect less on a system not seen.",
        "The speeds are those of this machine as busy as it was, on one thread.",
    ]
    return Result(NAME, rows, summary, {name: goal for name, goal in goals.items() if name in summary}, notes=notes)


def _told(choice: Choice) -> str:
    left = "all masks" if choice.without is None else f"without mask {choice.without + 1}"
    merging = "no merging by variants" if choice.variants == NEVER else f"{choice.variants} variants"
    return f"{left}, {merging}, {choice.constant} words agree"


def _accuracies(path: Path, every: Sequence[Choice]) -> dict[Choice, float]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    messages, truth = pa.array([row["Content"] for row in rows]), [row["EventId"] for row in rows]
    found: dict[int | None, list[str]] = {}
    out = {}
    for choice in every:
        with _set(choice):
            if choice.without not in found:
                found[choice.without] = rules.templates(messages).to_pylist()
            shapes = found[choice.without]
            one = rules.merge_templates(shapes)
            out[choice] = accuracy([one[shape] for shape in shapes], truth)
    return out


@contextmanager
def _set(choice: Choice) -> Iterator[None]:
    """The module of the rules with this choice, put back after."""
    before = rules.RULES, rules.VARIANTS, rules.CONSTANT
    kept = tuple(rule for place, rule in enumerate(rules.RULES) if place != choice.without)
    rules.RULES, rules.VARIANTS, rules.CONSTANT = kept, choice.variants, choice.constant  # type: ignore[assignment]
    try:
        yield
    finally:
        rules.RULES, rules.VARIANTS, rules.CONSTANT = before


def accuracy(found: Sequence[str], truth: Sequence[str]) -> float:
    """The share of lines whose group is exactly a true one."""
    groups: dict[str, set[int]] = defaultdict(set)
    true: dict[str, set[int]] = defaultdict(set)
    for line, (shape, event) in enumerate(zip(found, truth, strict=True)):
        groups[shape].add(line)
        true[event].add(line)
    exact = {frozenset(lines) for lines in true.values()}
    return sum(len(lines) for lines in groups.values() if frozenset(lines) in exact) / len(found)


def _speeds() -> dict[str, float]:
    """Messages a second, the best of three: few shapes as a digest masks them, and messages that all differ."""
    distinct = pa.array(
        [f"request {k} of user u{k % 97} for /orders/{k} took {k % 31} ms on web-{k % 7}" for k in range(50_000)]
    )
    few = pa.array([f"connection {k % 400} from 10.0.0.{k % 20} closed after {k % 5} s" for k in range(500_000)])
    return {
        "few_shapes_per_s": round(len(few) / _best(few, True), -4),
        "distinct_per_s": round(len(distinct) / _best(distinct, False), -3),
    }


def _best(messages: pa.Array, encode: bool) -> float:
    took = []
    for _ in range(3):
        start = time.perf_counter()
        if encode:
            coded = messages.dictionary_encode()
            rules.templates(coded.dictionary).take(coded.indices)
        else:
            rules.templates(messages)
        took.append(time.perf_counter() - start)
    return min(took)
