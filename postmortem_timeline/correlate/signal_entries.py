"""Entries for what was measured: the impact windows, and patterns that are new, burst or fell silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from postmortem_timeline.correlate.entries import Entry, short
from postmortem_timeline.correlate.relation import MINUTE, names_service, words

LOUD = 12  # more than a dozen new messages are one avalanche; the first of them tell it
QUIET = 3  # in an outage much falls silent; a few say so
CLOSE = 2 * MINUTE  # an ordinary message of the failing service, never seen before, counts only this near the start

BEGINS = {"dark": "requests{} stop", "slow": "requests{} become slow", "failed": "requests{} begin to fail"}
ENDS = {"dark": "requests{} come again", "slow": "requests{} are fast again", "failed": "requests{} succeed again"}


def of_windows(spans: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    """Each impact window: its beginning, which spans it, and its end, where the exports reach that far."""
    for window in spans:
        kind = str(window.get("kind") or "failed")
        services = _names(window.get("services"))
        whose = f" to {', '.join(services[:3])}" if services else ""
        failed, total = int(window.get("failed") or 0), int(window.get("requests") or 0)
        counts = (
            f": {failed:,} of {total:,} fail until they recover" if kind == "failed" and 0 < failed <= total else ""
        )
        service = services[0] if services else None
        yield Entry(
            window["start"], window["end"], "request", BEGINS.get(kind, BEGINS["failed"]).format(whose) + counts,
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


def of_patterns(
    episodes: pd.DataFrame | None, start: int, end: int, services: Sequence[str], errors: Sequence[str]
) -> list[Entry]:
    """New, bursting and silent patterns near the incident, those of failing services and the error's words first."""
    if episodes is None or len(episodes) == 0 or "new" not in episodes:
        return []
    spoken = frozenset(word for text in errors for word in words(text))
    near = episodes[episodes["start"].between(start - 15 * MINUTE, end) & (episodes["new"] | episodes["burst"])]
    loud = [_loud(row, services, spoken) for row in near.itertuples() if _telling(row, start, services)]
    silent = episodes[episodes["stopped"] & episodes["end"].between(start - 15 * MINUTE, end)]
    quiet = [_silent(row, services, spoken) for row in silent.itertuples() if _of(row, services)]
    return _best(loud, LOUD) + _best(quiet, QUIET)


def _telling(row: Any, start: int, services: Sequence[str]) -> bool:
    """Warnings and errors; of the failing services also ordinary messages right at the start ("shutdown request")."""
    return row.severity >= 13 or bool(row.new and abs(row.start - start) <= CLOSE and _of(row, services))


def _best(found: list[Entry], most: int) -> list[Entry]:
    """The best entries, one a pattern: its first episode."""
    once: dict[str, Entry] = {}
    for entry in sorted(found, key=lambda e: (e.start, e.citations)):
        once.setdefault(entry.summary.rsplit(" (x", 1)[0], entry)
    return sorted(once.values(), key=lambda e: (-e.score, e.start, e.citations))[:most]


def _loud(row: Any, services: Sequence[str], spoken: frozenset[str]) -> Entry:
    level = "error" if row.severity >= 17 else "warning" if row.severity >= 13 else "message"
    count = f" (x{int(row.count):,})" if row.count > 1 else ""
    what = f"new {level} in" if row.new else "burst in"
    score = _weight(row, services, spoken) + (8.0 if row.new else 0.0)
    places = dict.fromkeys((f"{row.source}:{int(row.line)}", f"{row.source}:{int(row.last_line)}"))
    # Across several sources the last line's source is not known, so the first stands alone.
    cited = tuple(places)[:1] if row.sources > 1 else tuple(places)
    return Entry(
        int(row.start), int(row.end), "log", f"{what} {_voice(row)}: {short(str(row.template), 120)}{count}",
        "first_seen" if row.new else "burst", score, cited, int(row.severity), _service(row), None, int(row.count),
    )  # fmt: skip


def _silent(row: Any, services: Sequence[str], spoken: frozenset[str]) -> Entry:
    return Entry(
        int(row.end), int(row.end), "log", f"{_voice(row)} no longer says: {short(str(row.template), 100)}", "silence",
        _weight(row, services, spoken) - 10.0, (f"{row.source}:{int(row.line)}",), int(row.severity), _service(row),
        None,
        int(row.count),
    )  # fmt: skip


def _weight(row: Any, services: Sequence[str], spoken: frozenset[str]) -> float:
    weight = 40.0 + (15.0 if _of(row, services) else 0.0) + (10.0 if row.severity >= 17 else 0.0)
    weight += 5.0 if len(spoken & set(words(str(row.template)))) >= 2 else 0.0
    return weight + min(len(str(int(row.count))), 4)


def _of(row: Any, services: Sequence[str]) -> bool:
    about = words(f"{_service(row) or ''} {row.source}")
    return any(names_service(about, service) for service in services)


def _service(row: Any) -> str | None:
    return row.service if isinstance(row.service, str) and row.service else None


def _voice(row: Any) -> str:
    return _service(row) or str(row.source)
