"""Entries for the impact windows: what begins, how much of it fails, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from postmortem_timeline.correlate.entries import Entry, span

BEGINS = {"dark": "requests{} stop", "slow": "requests{} become slow", "failed": "requests{} begin to fail"}
ALREADY = {"dark": "no requests{} come as the exports begin", "slow": "requests{} are slow as the exports begin",
           "failed": "requests{} already fail as the exports begin"}  # fmt: skip
ENDS = {"dark": "requests{} come again", "slow": "requests{} are fast again", "failed": "requests{} succeed again"}


def of_windows(spans: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    """Each impact window: its beginning, which spans it, and its end, where the exports reach that far."""
    for window in spans:
        kind = str(window.get("kind") or "failed")
        begins = ALREADY if window.get("open_start") else BEGINS
        services = _names(window.get("services"))
        whose = f" to {', '.join(services[:3])}" if services else ""
        failed, total = int(window.get("failed") or 0), int(window.get("requests") or 0)
        until = "the exports end" if window.get("open_end") else "they recover"
        counts = f": {failed:,} of {total:,} fail until {until}" if kind == "failed" and 0 < failed <= total else ""
        counts = f" for {span(window['end'] - window['start'])}" if kind == "dark" else counts
        service = services[0] if services else None
        yield Entry(
            window["start"], window["end"], "request", begins.get(kind, begins["failed"]).format(whose) + counts,
            "silence" if kind == "dark" else "burst", 95.0, _cited(window, "first_citation"),
            13 if kind == "slow" else 17,
            service, None, max(failed, 1),
        )  # fmt: skip
        if not window.get("open_end"):
            text = ENDS.get(kind, ENDS["failed"]).format(whose)
            yield Entry(
                window["end"],
                window["end"],
                "request",
                text,
                "recovery",
                90.0,
                _cited(window, "last_citation"),
                9,
                service,
            )


def _names(services: object) -> list[str]:
    if isinstance(services, str):
        return [name.strip() for name in services.split(",") if name.strip()]
    return [str(name) for name in services if name] if isinstance(services, Iterable) else []


def _cited(window: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if isinstance(window.get(name), str):
        return (window[name],)
    cited = window.get("citations")
    return tuple(cited) if isinstance(cited, (list, tuple)) else ()
