"""Levels in the words of messages that no format reads."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from postmortem_timeline.parsing.batch import Batch, Strings
from postmortem_timeline.parsing.worded import worded


def level(message: str, told: str | None = None) -> int:
    batch = Batch("x", "log", np.zeros(1, np.intp), np.zeros(1, np.int64), np.zeros(1, np.int8))
    batch.done["body"] = Strings(pa.array([message], pa.large_string()))
    if told is not None:
        batch.done["severity_text"] = Strings(pa.array([told], pa.large_string()))
    return int(worded(batch, "body").column("severity_number").values[0])


@pytest.mark.parametrize(
    "message", ["no error was found", "information is key", "the error: none", "INFORMAL", "errors=0"]
)
def test_words_that_may_mean_anything(message: str) -> None:
    assert level(message) == 0


@pytest.mark.parametrize(
    "message, number",
    [
        ("ERROR boom", 17),
        ("[warn] slow", 13),
        ("fatal: not there", 21),
        ("a=1 level=info b", 9),
        ('{"level":"error"}', 17),
        ("x [INFO] y", 9),
    ],
)
def test_words_that_mean_a_level(message: str, number: int) -> None:
    assert level(message) == number


def test_what_the_record_says_comes_first() -> None:
    assert level("ERROR boom", told="info") == 9
