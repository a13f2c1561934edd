"""LTSV: labels, colons, tabs."""

from __future__ import annotations

from postmortem_timeline.parsing import ltsv
from postmortem_timeline.parsing.text import Text, split_lines


def decoded(text: str) -> list[dict[str, str]]:
    return ltsv.decode_lines(split_lines(Text.of(text.encode())))[1]


def test_prose_with_a_colon_is_none() -> None:
    assert decoded("time: now\tand then\n") == []


def test_one_pair_is_none() -> None:
    assert decoded("time:2025\n") == []


def test_values_may_hold_colons_and_be_empty() -> None:
    assert decoded("time:15:42:03\tua:\thost:::1\n") == [{"time": "15:42:03", "ua": "", "host": "::1"}]
