"""The composed incidents are the same bytes each time, and their truth stands in their logs."""

from __future__ import annotations

import gzip
import re

import pytest

from fixtures.compose.compose import compose
from fixtures.compose.conditions import CONDITIONS
from fixtures.compose.kinds import KINDS
from tests.evaluation.scenarios import cases

STATUS = re.compile(rb'" (\d{3}) \d+ "-" ')


def failures(exports: dict[str, bytes]) -> int:
    logs = [gzip.decompress(data) if name.endswith(".gz") else data for name, data in exports.items() if "access" in name]
    return sum(int(status) >= 500 for log in logs for status in STATUS.findall(log))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_composes_the_same_each_time(kind):
    exports, truth = compose(kind, ("plain",), 5)
    assert (exports, truth) == compose(kind, ("plain",), 5)
    assert truth["impact_windows"] == [] if kind == "none" else truth["requests_failed"] > 0
    if kind not in ("none", "dark_gateway", "latency"):
        background = truth["requests_total"] * 0.01
        assert truth["requests_failed"] <= failures(exports) <= truth["requests_failed"] + background


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_composes_with_a_fault(condition):
    exports, truth = compose("bad_deploy", (condition,), 11)
    assert truth["conditions"] == [condition] and len(exports) > 8 and truth["impact_windows"]


def test_every_condition_and_every_kind_is_in_the_full_suite_and_each_condition_in_the_fast_one():
    full, fast = list(cases(False)), list(cases(True))
    assert {kind for kind, _, _ in full} == set(KINDS)
    assert {name for _, names, _ in full for name in names} == set(CONDITIONS)
    assert len({name for _, names, _ in fast for name in names}) >= len(CONDITIONS) - 2
    assert len(set(full)) == len(full)
