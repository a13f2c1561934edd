"""Suite: grouping of messages against hand-labelled logs, and how fast it goes.

A line counts where the lines of its template are exactly those of its true template. Eight systems were at hand while
the masks were written; the others (fixtures/patterns) were labelled afterwards. `left_out` is the mean of the eight, and
`left_out_others` that of the rest, where the rules for each system are chosen without it, among all that could be
switched or set.
"""

from __future__ import annotations

import csv
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import NamedTuple

import pyarrow as pa

from postmortem_timeline.digest import merging
from postmortem_timeline.digest import templates as rules

from .data import FIXTURES, SHARED
from .result import Result

NAME = "patterns"
FOLDER = SHARED / "logs" / "loghub"
OTHERS = FIXTURES / "patterns"
NEVER = 1_000_000  # variants that no place of a template has
# Rules besides the masks, and what switches them off: the module, its setting, and the value that does.
PARTS: dict[str, tuple[ModuleType, str, object]] = {
    "bodies of objects": (rules, "NESTED", ()),
    "merging by dotted names": (merging, "NAMES", NEVER),
    "merging around one word": (merging, "LONELY", NEVER),
    "keeping apart what happened": (merging, "HAPPENED", 0),
}


class Log(NamedTuple):
    """Messages and their true events."""

    messages: list[str]
    truth: list[str]


class Choice(NamedTuple):
    """What could be chosen: a rule to leave out, how many variants are values, how many words must agree."""

    without: int | str | None  # a mask by its place, or one of PARTS by its name
    variants: int
    constant: int


SHIPPED = Choice(None, merging.VARIANTS, merging.CONSTANT)


def choices() -> list[Choice]:
    """What is shipped first, so that it wins a tie."""
    every = [
        Choice(without, variants, constant)
        for without in (None, *range(len(rules.RULES)), *PARTS)
        for variants in (3, 4, 5, 6, 7, 8, NEVER)
        for constant in (1, 2, 3)
    ]
    return [SHIPPED, *(choice for choice in every if choice != SHIPPED)]


def run(fast: bool) -> Result:
    """Accuracy by system, as shipped and with what the others choose, and messages a second."""
    eight, others = at_hand(), labelled_since()
    every = [SHIPPED] if fast else choices()
    score = {name: _accuracies(*log, every) for name, log in {**eight, **others}.items()}
    rows: list[dict[str, object]] = []
    for name in score:
        rest = [other for other in score if other != name]
        chosen = max(every, key=lambda choice: statistics.fmean(score[other][choice] for other in rest))
        rows.append({
            "system": name, "at hand": "yes" if name in eight else "no", "as shipped": round(score[name][SHIPPED], 4),
            "left out": None if fast else round(score[name][chosen], 4),
            "chosen by the others": None if fast else _told(chosen),
        })  # fmt: skip
    summary: dict[str, float] = {}
    for suffix, names in (("", eight), ("_others", others)):
        if names:
            summary |= _numbers([row for row in rows if row["system"] in names], suffix, fast)
    summary |= _speeds()
    goals = {
        "lowest": (">=", 0.8), "left_out": (">=", 0.95), "mean_others": (">=", 0.8),
        "few_shapes_per_s": (">=", 1e6), "distinct_per_s": (">=", 1e5),
    }  # fmt: skip
    notes = [
        "What the others choose is which rule is off, how many variants are values and how many words must agree; the masks "
        "of the eight systems at hand were written with them at hand. What the rules reach on the rest is what to expect "
        "of a system not seen; those logs are short and hold many starts and stops, where one value is seen only once or twice.",
        "The speeds are those of this machine as busy as it was, on one thread.",
    ]
    return Result(NAME, rows, summary, {name: goal for name, goal in goals.items() if name in summary}, notes=notes)


def _numbers(rows: list[dict[str, object]], suffix: str, fast: bool) -> dict[str, float]:
    shipped = [float(str(row["as shipped"])) for row in rows]
    found = {f"mean{suffix}": round(statistics.fmean(shipped), 4), f"lowest{suffix}": round(min(shipped), 4)}
    if not fast:
        found[f"left_out{suffix}"] = round(statistics.fmean(float(str(row["left out"])) for row in rows), 4)
    return found


def at_hand() -> dict[str, Log]:
    """The logs that the masks were written with; none where the shared data is not there."""
    found = {}
    for path in sorted(FOLDER.glob("*/*_structured.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        found[path.parent.name] = Log([row["Content"] for row in rows], [row["EventId"] for row in rows])
    return found


def labelled_since() -> dict[str, Log]:
    """The logs of the repository."""
    found = {}
    for path in sorted(OTHERS.glob("*.tsv")):
        rows = [line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        found[path.stem] = Log([message for _, message in rows], [template for template, _ in rows])
    return found


def _told(choice: Choice) -> str:
    left = "all rules" if choice.without is None else f"without {choice.without}"
    if isinstance(choice.without, int):
        left = f"without mask {choice.without + 1}"
    variants = "no merging by variants" if choice.variants == NEVER else f"{choice.variants} variants"
    return f"{left}, {variants}, {choice.constant} words agree"


def _accuracies(lines: list[str], truth: list[str], every: Sequence[Choice]) -> dict[Choice, float]:
    messages = pa.array(lines)
    found: dict[int | str | None, list[str]] = {}
    out = {}
    for choice in every:
        with _set(choice):
            if choice.without not in found:
                found[choice.without] = rules.templates(messages).to_pylist()
            shapes = found[choice.without]
            one = merging.merge_templates(shapes)
            out[choice] = accuracy([one[shape] for shape in shapes], truth)
    return out


@contextmanager
def _set(choice: Choice) -> Iterator[None]:
    """The modules of the rules with this choice, put back after."""
    changes: list[tuple[ModuleType, str, object]] = [
        (merging, "VARIANTS", choice.variants),
        (merging, "CONSTANT", choice.constant),
    ]
    if isinstance(choice.without, int):
        kept = tuple(rule for place, rule in enumerate(rules.RULES) if place != choice.without)
        changes.append((rules, "RULES", kept))
    elif choice.without is not None:
        changes.append(PARTS[choice.without])
    before = [(module, name, getattr(module, name)) for module, name, _ in changes]
    for module, name, value in changes:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


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
