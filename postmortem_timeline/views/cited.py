"""Text with the evidence that it rests on, and the marks that it is taken from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cited:
    """A piece of text with the evidence it rests on; a blank is a question that only people can answer."""

    text: str
    citations: tuple[str, ...] = ()
    note: str = ""
    blank: bool = False


def mark(incident: dict[str, Any], name: str) -> dict[str, Any]:
    """A mark of the lifecycle; empty where there is none."""
    return incident.get("lifecycle", {}).get(name) or {}


def missing(incident: dict[str, Any], formula: str) -> str:
    """`impact start unknown`: the marks that a duration's formula asks for and that nothing tells; empty if all are known."""
    unknown = [name for name in formula.split(" - ") if not mark(incident, name.replace(" ", "_")).get("at")]
    return f"{' and '.join(unknown)} unknown" if unknown else ""


def cites(row: dict[str, Any]) -> tuple[str, ...]:
    """The citations of anything that has some."""
    return tuple(row.get("citations") or ())
