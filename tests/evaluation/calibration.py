"""Suite: marks are right as often as they say, over all incidents with truth: scenarios, recordings, the demo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from . import recorded, scenarios
from .data import FIXTURES
from .result import Result
from .scoring import seconds

NAME = "calibration"
TOLERANCE_S = {"impact_start": 30.0, "mitigated": 30.0, "detected": 1.0, "acknowledged": 1.0, "resolved": 10.0}
SPACING = {"impact_start": "spacing_start_s", "mitigated": "spacing_end_s"}
SPACINGS = 3  # mean spacings of failures at an edge: nobody can tell it more closely
BINS = (0.0, 0.5, 0.7, 0.85, 0.93, 1.01)
ENOUGH = 10  # marks a bin needs to be judged
GOALS = {"worst_overclaim": ("<=", 0.05), "mean_error": ("<=", 0.1)}


class Claim(NamedTuple):
    """What one mark said of itself, and whether it held."""

    case: str
    mark: str
    confidence: float
    right: bool
    error_s: float | None  # found minus true; None where there is nothing to be found
    reason: str


def run(fast: bool) -> Result:
    """Marks by what they state of themselves."""
    return judged([*_composed(fast), *_of_fixtures()])


def _composed(fast: bool) -> Iterator[Claim]:
    for case in scenarios.measured(fast):
        if case.lifecycle is not None:
            yield from claims(str(case.row["case"]), case.lifecycle, case.truth)


def _of_fixtures() -> Iterator[Claim]:
    from postmortem_timeline import build_timeline

    for folder in [*recorded.cases(), FIXTURES / "oauth_token_expired"]:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        yield from claims(folder.name, build_timeline(folder / "exports").incident["lifecycle"], truth)


def claims(case: str, lifecycle: dict[str, Any], truth: dict[str, Any]) -> Iterator[Claim]:
    """One claim a mark that has a time; a mark of what never was is wrong."""
    for mark, slack in TOLERANCE_S.items():
        found = lifecycle[mark]
        if found["at"] is None:
            continue
        at, true = seconds(found["at"]), seconds(truth.get(mark))
        error = None if at is None or true is None else round(at - true, 3)
        right = error is not None and abs(error) <= _allowed(mark, slack, truth)
        yield Claim(case, mark, float(found["confidence"]), right, error, str(found["reason"]))


def _allowed(mark: str, slack: float, truth: dict[str, Any]) -> float:
    if mark not in SPACING:
        return slack
    return max(slack, SPACINGS * float(truth.get(SPACING[mark], 0.0))) + float(truth.get("excused_s", 0.0))


def judged(all_claims: Iterable[Claim]) -> Result:
    """The table of bins; `worst_overclaim` is by how much a bin of enough marks says more than it keeps."""
    some = list(all_claims)
    rows, over, off = [], [0.0], 0.0
    for low, high in pairwise(BINS):
        own = [claim for claim in some if low <= claim.confidence < high]
        if not own:
            continue
        said = sum(claim.confidence for claim in own) / len(own)
        kept = sum(claim.right for claim in own) / len(own)
        off += abs(said - kept) * len(own)
        if len(own) >= ENOUGH:
            over.append(said - kept)
        rows.append({
            "confidence": f"{low:g} to {min(high, 1):g}", "marks": len(own), "right": sum(claim.right for claim in own),
            "stated": round(said, 3), "kept": round(kept, 3),
        })  # fmt: skip
    summary = {"marks": float(len(some)), "worst_overclaim": round(max(over), 4), "mean_error": round(off / max(len(some), 1), 4)}
    notes = [
        f"{c.case}: {c.mark} said with {c.confidence:g} is {_off(c)} ({c.reason})" for c in some if not c.right and c.confidence >= 0.5
    ]
    return Result(NAME, rows, summary, dict(GOALS), notes=notes)


def _off(claim: Claim) -> str:
    return "of something that did not happen" if claim.error_s is None else f"{claim.error_s:+g} s off"
