"""What an explanation is made from, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Book(NamedTuple):
    """All that a built folder knows of one incident."""

    incident: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    quotes: Mapping[str, Mapping[str, Any]]

    @property
    def marks(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self.incident["lifecycle"]
        return found

    @property
    def impact(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.incident["impact"]
        return found


class Told(NamedTuple):
    """One explanation; `override` are lines of incident.toml, `by` the verb that applies them."""

    title: str
    how: Sequence[str]
    citations: Sequence[str] = ()
    others: Sequence[str] = ()
    override: Sequence[str] = ()
    by: str = "report"
    without: str = "No record stands behind it."  # said where nothing is cited


def quoted(text: str) -> str:
    """A string as TOML holds it."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in plain) + '"'


def seconds(value: float) -> str:
    """`245.396 s (4 min 5 s)`."""
    whole = abs(round(value))
    hours, minutes = whole // 3600, whole % 3600 // 60
    if whole < 120:
        return f"{value:,.3f} s"
    said = f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s"
    return f"{value:,.3f} s ({'-' if value < 0 else ''}{said})"


def chance(value: Any) -> str:
    """A confidence or score in two digits; blank where there is none."""
    return "    " if value is None else f"{float(value):.2f}"
