"""Each sample alone, as a file of a name that says nothing, is taken for what it is: the whole matrix of formats.

Also by its first three lines; `docs/detection.md` is what came of it, written by `pytest --regen -k detection`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from postmortem_timeline.formats import registry
from postmortem_timeline.formats.exports import __file__ as exports_file
from postmortem_timeline.ingest.detect import detect, plan_of, scores

NAME = "evidence"
SURE = 0.9
RIGHT, RIGHT_BY_THREE = 0.99, 0.95
FEW = 3  # lines
ALIKE = {"mysql_general[0]": "the server writes the same three lines atop both of its logs"}  # nobody could tell
PAGE = Path(__file__).parents[2] / "docs" / "detection.md"
HEAD = """\
# How surely formats are told apart

Each sample of each format is fed alone, as a file whose name says nothing, to all formats at once: first the whole sample, then
its first three lines. What came of it stands here, written by `pytest --regen -k detection`; the tests fail where a sample is taken for
something else than here, where less than 99% (of three lines: 95%) are taken for what they are, and where a wrong format is chosen
with a confidence above 0.9 though the lines could tell.

Content decides; the name of a file decides only between formats that fit alike. What most records fit wins; then formats of your own,
then the particular before the general. `pmt formats try FILE` shows the same for a file.

| fed | samples | taken for what they are | share | wrong above 0.9 |
|---|---|---|---|---|
"""
BY_THREE = """
## Confusions by the first three lines

Of formats of lines; the documents of formats in code are not cut.

"""
COLUMNS = "| sample | taken for | confidence | reason |\n|---|---|---|---|\n"


class Case(NamedTuple):
    format: str
    sample: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.format}[{self.sample}]"


class Found(NamedTuple):
    """What a sample is taken for, how surely, and why."""

    format: str
    confidence: float
    reason: str


def cases() -> list[Case]:
    found = [Case(s.format, str(s.index), s.text.encode()) for fmt in registry.declared() for s in fmt.samples]
    for module in registry.exports():
        paths = sorted(Path(exports_file).parent.glob(f"{module.NAME}.*sample.*"))
        found += [Case(module.NAME, path.name, path.read_bytes()) for path in paths]
    return found


CASES = cases()
OF_LINES = [case for case in CASES if case.sample.isdigit()]
FORMATS = {fmt.name: fmt for fmt in registry.declared()}


@pytest.fixture(scope="module")
def taken() -> dict[Case, Found]:
    return {case: found(case.data) for case in CASES}


@pytest.fixture(scope="module")
def by_three(taken) -> dict[Case, Found]:
    cut = {case: b"".join(case.data.splitlines(keepends=True)[:FEW]) for case in OF_LINES}
    return {case: taken[case] if len(data) == len(case.data) else explained(case, data) for case, data in cut.items()}


def found(data: bytes) -> Found:
    plan = detect(data, NAME)
    return Found(plan.name.split("+")[0].split(">")[0], plan.confidence, plan.reason)


def explained(case: Case, data: bytes) -> Found:
    """As `found`; of what is wrong the reason is that of the lines, where these say too little."""
    one = found(data)
    if one.format == case.format:
        return one
    if str(case) in ALIKE:
        return one._replace(reason=ALIKE[str(case)])
    if case.data[:1] in b"{[" and not is_json(data.splitlines()[0]):
        return one._replace(reason="a document of many lines, cut before its first record ends")
    if not reads(case.format, data):
        return one._replace(reason=f"{case.format} itself reads no record in three lines: they are a heading, or end within one")
    return one


def is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def reads(name: str, data: bytes) -> bool:
    return plan_of(FORMATS[name], data).confidence > 0


def wrong(taken: dict[Case, Found]) -> dict[Case, Found]:
    return {case: one for case, one in taken.items() if one.format != case.format}


def surely_wrong(taken: dict[Case, Found]) -> dict[Case, Found]:
    return {case: one for case, one in wrong(taken).items() if one.confidence > SURE}


def test_none_is_surely_taken_for_another(taken) -> None:
    assert surely_wrong(taken) == {}


def test_nearly_all_are_taken_for_what_they_are(taken) -> None:
    assert len(wrong(taken)) <= (1 - RIGHT) * len(CASES), wrong(taken)


def test_of_three_lines_none_are_surely_taken_for_another_that_could_be_told(by_three) -> None:
    assert {str(case) for case in surely_wrong(by_three)} <= set(ALIKE)


def test_three_lines_are_mostly_enough(by_three) -> None:
    assert len(wrong(by_three)) <= (1 - RIGHT_BY_THREE) * len(by_three), wrong(by_three)


def test_the_page_on_detection_is_what_came_of_it(taken, by_three, regen) -> None:
    text = HEAD + total("whole samples", taken) + total("three lines of each", by_three)
    text += "\n## Confusions of whole samples\n\n" + table(taken) + BY_THREE + table(by_three)
    if regen:
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "pytest --regen -k detection"


def total(what: str, taken: dict[Case, Found]) -> str:
    right = len(taken) - len(wrong(taken))
    return f"| {what} | {len(taken)} | {right} | {right / len(taken):.2%} | {len(surely_wrong(taken))} |\n"


def table(taken: dict[Case, Found]) -> str:
    rows = [
        f"| `{case}` | {f'`{one.format}`' if one.format else 'nothing'} | {one.confidence:.2f} | {one.reason} |\n"
        for case, one in sorted(wrong(taken).items(), key=lambda item: (item[0].format, item[0].sample))
    ]
    return COLUMNS + "".join(rows) if rows else "None.\n"


def test_no_two_formats_fit_a_sample_alike() -> None:
    """The names of files decide between formats in life, never here."""
    alike = {}
    for case in OF_LINES:  # one test of all: a test of each would take as long again
        best, *others = [(score.format.name, score.key) for score in scores(case.data, NAME)]
        rivals = [name for name, key in others if key[:3] == best[1][:3]]
        if best[0] != case.format or rivals:
            alike[str(case)] = best[0], rivals
    assert alike == {}
