"""The numbers that the fast subset has reached, with their noise: what the tests hold the tool to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from .result import Result

FILE = Path(__file__).with_name("stored.json")
SPEED = "_per_s"  # is measured, but no test holds to it: a busy machine halves it

Stored = dict[str, dict[str, dict[str, float]]]


def load() -> Stored:
    """suite -> number -> {"value", "noise"}."""
    found: Stored = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return found


def store(results: Sequence[Result]) -> None:
    """Keep the numbers of these suites that have a goal; a noise that was set by hand stays."""
    kept = load()
    for result in results:
        if not result.skipped:
            before = kept.get(result.name, {})
            kept[result.name] = {
                name: {"value": value, "noise": before.get(name, {}).get("noise", 0.0)}
                for name, value in result.summary.items()
                if name in result.goals and not name.endswith(SPEED)
            }
    FILE.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")


def worse(result: Result, stored: Stored) -> Iterator[str]:
    """What is worse than it was by more than its noise; in which direction, its goal says."""
    for name, was in stored.get(result.name, {}).items():
        if name not in result.summary:
            yield f"{result.name}: {name} is no longer measured"
            continue
        now, sign = result.summary[name], result.goals[name][0]
        lost = {">=": was["value"] - now, "<=": now - was["value"]}.get(sign, abs(now - was["value"]))
        if lost > was["noise"] + 1e-9:
            yield f"{result.name}: {name} was {was['value']:g} and is {now:g} (noise {was['noise']:g})"
