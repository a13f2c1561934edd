"""One incident of the archive as everything above it sees it: its data, its signature, its action items."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Entry:
    """`name` is its folder; `words` is stem -> (how often its document says it, as which word)."""

    name: str
    title: str
    day: str | None  # ISO
    origin: str  # built or imported
    severity: str | None
    lifecycle: dict[str, Any]
    durations: dict[str, float | None]
    impact: dict[str, Any]
    signature: dict[str, Any]
    actions: list[dict[str, Any]]
    words: dict[str, tuple[int, str]] = field(default_factory=dict, repr=False)

    @property
    def services(self) -> list[str]:
        return list(self.signature.get("services") or [])

    def at(self, mark: str) -> str | None:
        return (self.lifecycle.get(mark) or {}).get("at")

    @property
    def open_actions(self) -> list[dict[str, Any]]:
        return [action for action in self.actions if action.get("status") == "open"]
