"""Each sample alone, as a file of a name that says nothing, is taken for what it is: the whole matrix of formats."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from postmortem_timeline.formats import registry
from postmortem_timeline.formats.exports import __file__ as exports_file
from postmortem_timeline.ingest.detect import detect, scores

NAME = "evidence"
SURE = 0.9
RIGHT = 0.99


class Case(NamedTuple):
    format: str
    sample: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.format}[{self.sample}]"


def cases() -> list[Case]:
    found = [Case(s.format, str(s.index), s.text.encode()) for fmt in registry.declared() for s in fmt.samples]
    for module in registry.exports():
        paths = sorted(Path(exports_file).parent.glob(f"{module.NAME}.*sample.*"))
        found += [Case(module.NAME, path.name, path.read_bytes()) for path in paths]
    return found


CASES = cases()


@pytest.fixture(scope="module")
def taken() -> dict[Case, tuple[str, float]]:
    """What each sample is taken for, and how surely."""
    plans = {case: detect(case.data, NAME) for case in CASES}
    return {case: (plan.name.split("+")[0].split(">")[0], plan.confidence) for case, plan in plans.items()}


def test_none_is_surely_taken_for_another(taken) -> None:
    wrong = {str(case): found for case, found in taken.items() if found[0] != case.format and found[1] > SURE}
    assert wrong == {}


def test_nearly_all_are_taken_for_what_they_are(taken) -> None:
    wrong = {str(case): found for case, found in taken.items() if found[0] != case.format}
    assert len(wrong) <= (1 - RIGHT) * len(CASES), wrong


@pytest.mark.parametrize("case", [case for case in CASES if case.sample.isdigit()], ids=str)
def test_no_two_formats_fit_a_sample_alike(case: Case) -> None:
    """The names of files decide between formats in life, never here."""
    best, *others = [(score.format.name, score.key) for score in scores(case.data, NAME)]
    assert best[0] == case.format
    assert [name for name, key in others if key[:2] == best[1][:2]] == []
