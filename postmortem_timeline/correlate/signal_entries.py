"""Entries for patterns that are new, burst or fell silent with an outage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from postmortem_timeline.correlate.entries import Entry
from postmortem_timeline.correlate.families import family
from postmortem_timeline.correlate.lifecycle_words import everyday
from postmortem_timeline.correlate.relation import MINUTE, names_service, words

LOUD = 12  # more than a dozen new messages are one avalanche; the first of them tell it
QUIET = 3  # in an outage much falls silent; a few say so
LEAD = 15 * MINUTE
CLOSE = MINUTE // 2  # an ordinary message of the failing service, never seen before, counts only this near the start
BYSTANDER = 0.1  # of the loudest voice: who says the same error more seldom only passes it on
TIMES = 3.0  # a bystander's error must come so much oftener in the incident than at other times


def of_patterns(
    episodes: pd.DataFrame | None, start: int, end: int, services: Sequence[str], errors: Sequence[str]
) -> list[Entry]:
    """New, bursting and silent patterns near the incident, those of failing services and the error's words first.

    One row a pattern and voice, however often it pauses. What others say as often outside of the incident, and the
    failing service's own error in a bystander's log, is not told.
    """
    if episodes is None or len(episodes) == 0 or "new" not in episodes:
        return []
    spoken = frozenset(word for text in errors for word in words(text))
    kept = episodes.assign(voice=_voice_of(episodes), pattern=episodes["template"].astype(str))
    flagged = kept[kept["start"].between(start - LEAD, end) & (kept["new"] | kept["burst"])]
    flagged = flagged[[_telling(row, start, services) for row in flagged.itertuples()]] if len(flagged) else flagged
    told = _told(kept, flagged, start - MINUTE // 2, end)
    most: dict[str, int] = {}
    for row in told:
        most[row.template] = max(row.count, most.get(row.template, 0))
    loud = [
        _loud(row, services, spoken)
        for row in told
        if _of(row, services) or _belongs(row, most[row.template], end - start, spoken)
    ]
    silent = episodes[episodes["stopped"] & episodes["end"].between(start - LEAD, end)]
    quiet = [_silent(row, services, spoken) for row in silent.itertuples() if _of(row, services)]
    return _best(loud, LOUD) + _best(quiet, QUIET)


def _telling(row: Any, start: int, services: Sequence[str]) -> bool:
    """Warnings and errors; of the failing services also ordinary messages right at the start ("flag x is off")."""
    if row.severity >= 13:
        return True
    return bool(row.new and abs(row.start - start) <= CLOSE and _of(row, services)) and not everyday(str(row.template))


def _voice_of(episodes: pd.DataFrame) -> pd.Series:
    source = episodes["source"].astype(str).map(family)
    return episodes["service"].where(episodes["service"].notna(), source).astype(str)


class _Folded(NamedTuple):
    """All episodes of one pattern and voice near the incident."""

    source: str
    service: str | None
    template: str
    severity: int
    start: int
    end: int
    count: int  # type: ignore[assignment]  # tuple.count is not used
    line: int
    last_line: int
    sources: int
    new: bool
    inside: float  # how often it was said in the incident, and at other times
    outside: float
    lasts: int  # how long its log goes on


def _told(kept: pd.DataFrame, flagged: pd.DataFrame, start: int, end: int) -> list[_Folded]:
    """One row a pattern and voice of the flagged episodes."""
    if flagged.empty:
        return []
    near = kept[kept["pattern"].isin(set(flagged["pattern"]))]
    alike = dict(list(near.groupby(["voice", "pattern"], sort=False)))
    heard = kept.groupby("voice").agg(first=("start", "min"), last=("end", "max"))
    lasts = (heard["last"] - heard["first"]).to_dict()
    return [
        _folded(rows, alike[key], int(lasts[key[0]]), start, end)
        for key, rows in flagged.groupby(["voice", "pattern"], sort=False)
    ]


def _folded(rows: pd.DataFrame, alike: pd.DataFrame, lasts: int, start: int, end: int) -> _Folded:
    first, last = rows.sort_values("start", kind="stable").iloc[0], rows.sort_values("end", kind="stable").iloc[-1]
    ours = alike["start"].between(int(first["start"]), int(last["end"]))
    length = (alike["end"] - alike["start"]).clip(lower=1)
    shared = (alike["end"].clip(upper=end) - alike["start"].clip(lower=start)).clip(lower=0)
    inside = float((alike["count"] * (shared / length).where(length > 1, alike["start"].between(start, end))).sum())
    return _Folded(
        str(first["source"]), first["service"] if isinstance(first["service"], str) else None, str(first["pattern"]),
        int(rows["severity"].max()), int(first["start"]), int(last["end"]), int(alike[ours]["count"].sum()),
        int(first["line"]), int(last["last_line"]),
        max(int(rows["sources"].max()), int(rows["source"].nunique())), bool(rows["new"].any()),
        inside, float(alike["count"].sum()) - inside, lasts,
    )  # fmt: skip


def _belongs(row: _Folded, most: int, length: int, spoken: frozenset[str]) -> bool:
    """Whether a bystander's error may belong: it comes with the incident, and is more than one stray line."""
    share = length / max(row.lasts - length, 1)
    if row.count < BYSTANDER * most or row.inside <= TIMES * share * row.outside:
        return False
    return row.count > 1 or row.severity >= 21 or len(spoken & set(words(row.template))) >= 2


def _best(found: list[Entry], most: int) -> list[Entry]:
    return sorted(found, key=lambda e: (-e.score, e.start, e.citations))[:most]


def _loud(row: _Folded, services: Sequence[str], spoken: frozenset[str]) -> Entry:
    level = "error" if row.severity >= 17 else "warning" if row.severity >= 13 else "message"
    count = f" (x{row.count:,})" if row.count > 1 else ""
    what = f"new {level} in" if row.new else f"burst of {level}s in"
    score = _weight(row, services, spoken) + (8.0 if row.new else 0.0)
    places = dict.fromkeys((f"{row.source}:{row.line}", f"{row.source}:{row.last_line}"))
    # Across several sources the last line's source is not known, so the first stands alone.
    cited = tuple(places)[:1] if row.sources > 1 else tuple(places)
    return Entry(
        row.start, row.end, "log", f"{what} {_voice(row)}: {row.template}{count}",
        "first_seen" if row.new else "burst", score, cited, row.severity, row.service, None, row.count,
    )  # fmt: skip


def _silent(row: Any, services: Sequence[str], spoken: frozenset[str]) -> Entry:
    return Entry(
        int(row.end), int(row.end), "log", f"{_voice(row)} no longer says: {row.template}", "silence",
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
    return _service(row) or family(str(row.source))
