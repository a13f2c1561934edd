"""The words by which a report tells that harm begins, is noticed, is taken, is understood, ends; and what is only planned.

They are data: `words/lists.toml` (who, what), `rules.toml` (patterns with weights), `labels.toml`, `tempers.toml`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from postmortem_timeline.correlate.chat_words import TROUBLE, either

FOLDER = Path(__file__).with_name("words")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


LISTS = {name: either(*words) for name, words in _read("lists").items()} | {"trouble": TROUBLE}


def _pattern(parts: list[str]) -> str:
    """The parts of a pattern joined, `{name}` being one of the lists."""
    return re.sub(r"\{([a-z]+)\}", lambda match: LISTS[match[1]], "".join(parts))


RULES = {
    name: tuple((float(rule[0]), re.compile(f"(?i){_pattern(rule[1:])}")) for rule in rules)
    for name, rules in _read("rules").items()
}
LABELLED = {
    name: re.compile(rf"(?i)^[\W\d_]*(?:{_pattern(parts)})[\W_]*(?:$|[:,;.\]|)–—-])")
    for name, parts in _read("labels").items()
}
TEMPERS = {name: re.compile(f"(?i){_pattern(parts)}") for name, parts in _read("tempers").items()}
PLANNED, CHANGE, DENIED, INTENDED, PARTIAL, INFRASTRUCTURE, FELT, STILL, MACHINE, ELSEWHERE = (
    TEMPERS[name]
    for name in (
        "planned",
        "change",
        "denied",
        "intended",
        "partial",
        "infrastructure",
        "felt",
        "still",
        "machine",
        "elsewhere",
    )
)
