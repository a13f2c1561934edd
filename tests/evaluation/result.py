"""What a suite of the evaluation hands back: its rows, its numbers, and what they have to reach."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field

HOLDS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le, "==": operator.eq}


@dataclass(frozen=True)
class Result:
    """One suite's outcome.

    rows     one dict a case, all with the same keys, printed as a table in this order
    summary  the numbers that are judged, by name
    goals    number -> (">=" or "<=" or "==", what it has to reach); a number without a goal is shown only
    skipped  why nothing could be measured; rows and summary are empty then
    brief    fewer rows that stand for `rows` in the documentation, where there are hundreds
    notes    sentences below the table: misses one by one with their reason, what a number means
    """

    name: str
    rows: list[dict[str, object]] = field(default_factory=list)
    summary: dict[str, float] = field(default_factory=dict)
    goals: dict[str, tuple[str, float]] = field(default_factory=dict)
    skipped: str | None = None
    notes: list[str] = field(default_factory=list)
    brief: list[dict[str, object]] = field(default_factory=list)

    def reached(self, number: str) -> bool | None:
        """Whether a number reaches its goal; None where it has none or was not measured."""
        if number not in self.goals or number not in self.summary:
            return None
        sign, wanted = self.goals[number]
        return HOLDS[sign](self.summary[number], wanted)
