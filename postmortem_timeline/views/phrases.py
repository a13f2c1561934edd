"""Plain words for what an error means and for what users could not do, by the rules of phrases.toml."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

# Of the counted failed requests, the share that must have asked for one thing before users "could not" do it.
MOSTLY = 0.9

_WORDS = re.compile(r"[^a-z0-9-]+")


def cause(error: str) -> str | None:
    """`an expired OAuth token`, if the words of the error are ones that errors of any program use; else None."""
    for pattern, rule in _causes():
        found = pattern.search(error)
        if found:
            groups = [text for text in found.groups() if text]
            what = _spelled(groups[0]) if groups else rule.get("default", "")
            return " ".join(str(rule["says"]).format(what=what).split())
    return None


def hindered(endpoints: Iterable[Mapping[str, Any]]) -> str | None:
    """`log in`: what nearly all of the counted failed requests asked for; None where it is several things or unknown.

    in: rows of `impact.endpoints` (endpoint, failed, counted)
    """
    asked: Counter[str | None] = Counter()
    for row in endpoints:
        if row.get("counted"):
            asked[action(str(row.get("endpoint") or ""))] += int(row.get("failed") or 0)
    total = sum(asked.values())
    if not total:
        return None
    says, count = min(asked.items(), key=lambda item: (-item[1], str(item[0])))
    return says if count >= MOSTLY * total else None


def action(endpoint: str) -> str | None:
    """What somebody does who asks for `POST /auth/login`: the last word of the path that is known says it."""
    method, _, path = endpoint.lower().rpartition(" ")
    known = [_actions()[word] for word in _WORDS.split(path.replace("_", "-")) if word in _actions()]
    if not known:
        return None
    return str(known[-1].get("reads" if method in ("get", "head") else "says") or known[-1]["says"])


def _spelled(text: str) -> str:
    return " ".join(_rules()["spelling"].get(word, word) for word in re.split(r"[\s_-]+", text.lower()))


@cache
def _rules() -> dict[str, Any]:
    text = resources.files("postmortem_timeline.views").joinpath("phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _causes() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    return [(re.compile(rule["pattern"], re.IGNORECASE), rule) for rule in _rules()["cause"]]


@cache
def _actions() -> dict[str, dict[str, Any]]:
    return {word: rule for rule in _rules()["action"] for word in rule["words"]}
