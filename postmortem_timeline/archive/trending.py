"""What the incidents of an archive add up to: counts, downtime, users, detection, times to each mark, repeats, actions."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from postmortem_timeline.archive.entry import Entry
from postmortem_timeline.archive.likeness import similar
from postmortem_timeline.archive.spread import Change, Spread, change, spread
from postmortem_timeline.errors import UsageError

TIMES = ("time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_resolve")
# Where nobody states when harm began, these two still compare: they count from the detection.
FROM_DETECTION = (("detected_to_mitigated", "detected", "mitigated"), ("detected_to_resolved", "detected", "resolved"))


@dataclass(frozen=True)
class Trends:
    """Everything as plain data; `to_json()`, `to_text()`, `to_html()` and `frame` say the same."""

    incidents: int
    first: str | None
    last: str | None
    as_of: str | None
    by_period: dict[str, int]
    severities: dict[str, int]
    downtime_seconds: float | None
    downtime_known: int
    users_affected: int | None
    users_known: int
    detected_by: dict[str, int]
    times: dict[str, Spread]
    changes: dict[str, Change] = field(default_factory=dict)
    repeat_services: dict[str, int] = field(default_factory=dict)
    recurrences: list[dict[str, Any]] = field(default_factory=list)
    actions: dict[str, int | None] = field(default_factory=dict)
    overdue: list[dict[str, Any]] = field(default_factory=list)
    began_unseen: int = 0  # incidents whose beginning is only known to be no later than the notice

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def to_text(self) -> str:
        from postmortem_timeline.archive.trend_text import text

        return text(self)

    def to_html(self) -> str:
        """One page that works offline."""
        from postmortem_timeline.archive.trend_page import page

        return page(self)

    @property
    def frame(self) -> Any:
        """The times to each mark as a pandas frame, a row a measure."""
        import pandas as pd

        return pd.DataFrame(
            [asdict(one) for one in self.times.values()], index=pd.Index(list(self.times), name="measure")
        )

    def _repr_html_(self) -> str:
        from postmortem_timeline.archive.trend_page import body

        return body(self)


def trends(entries: Sequence[Entry], *, as_of: str | None = None) -> Trends:
    """The sums of `entries`; without `as_of` nothing is called overdue."""
    today = _day(as_of)
    days = [entry.day for entry in entries if entry.day]
    downs = [entry.impact["downtime_seconds"] for entry in entries if entry.impact.get("downtime_seconds") is not None]
    users = [
        entry.impact["users"]["affected"]
        for entry in entries
        if (entry.impact.get("users") or {}).get("affected") is not None
    ]
    values = _values(entries)
    return Trends(
        incidents=len(entries), first=min(days, default=None), last=max(days, default=None), as_of=as_of,
        by_period=_periods(days), severities=dict(sorted(Counter(_level(entry) for entry in entries).items())),
        downtime_seconds=sum(downs) if downs else None, downtime_known=len(downs), users_affected=sum(users) if users else None,
        users_known=len(users), detected_by=dict(Counter(_by(entry) for entry in entries).most_common()),
        times={name: spread([seconds for _, seconds in found]) for name, found in values.items()},
        changes={name: change(found) for name, found in values.items()}, repeat_services=_repeats(entries),
        recurrences=_recurrences(entries), actions=_actions(entries, today), overdue=_overdue(entries, today),
        began_unseen=sum(_began_unseen(entry) for entry in entries),
    )  # fmt: skip


def _day(as_of: str | None) -> date | None:
    try:
        return date.fromisoformat(as_of) if as_of else None
    except ValueError as error:
        raise UsageError(f"{as_of!r} is no day; write it as 2025-07-15") from error


def _periods(days: Sequence[str]) -> dict[str, int]:
    """Counts by quarter, quarters without any included; by year where that would be more than sixteen rows."""
    if not days:
        return {}
    years = range(int(min(days)[:4]), int(max(days)[:4]) + 1)
    quarters = Counter(f"{day[:4]} Q{(int(day[5:7]) + 2) // 3}" for day in days)
    wanted = [f"{year} Q{quarter}" for year in years for quarter in (1, 2, 3, 4)]
    wanted = [name for name in wanted if min(quarters) <= name <= max(quarters)]
    if len(wanted) <= 16:
        return {name: quarters[name] for name in wanted}
    counted = Counter(day[:4] for day in days)
    return {str(year): counted[str(year)] for year in years}


def _level(entry: Entry) -> str:
    """`SEV-2`, `SEV 2` and `SEV2` are one severity."""
    return re.sub(r"^SEV(?:ERITY)?[- ]?(?=\d)", "SEV", entry.severity or "not stated")


def _began_unseen(entry: Entry) -> bool:
    """An import that knows no beginning before the notice: a time to detect of nothing, which nobody measured."""
    return str((entry.lifecycle.get("impact_start") or {}).get("reason") or "").startswith("at or before")


def _by(entry: Entry) -> str:
    return str((entry.lifecycle.get("detected") or {}).get("by") or "unknown")


def _values(entries: Sequence[Entry]) -> dict[str, list[tuple[str, float]]]:
    """measure -> (day, seconds) of the incidents that carry it, in the order of their days."""
    from postmortem_timeline.views.wording import seconds_between

    found: dict[str, list[tuple[str, float]]] = {}
    for name in TIMES:
        found[name] = [
            (e.day or "", float(s)) for e in entries if (s := e.durations.get(f"{name}_seconds")) is not None
            and not (name == "time_to_detect" and _began_unseen(e))
        ]  # fmt: skip
    for name, start, end in FROM_DETECTION:
        found[name] = [(e.day or "", s) for e in entries if (s := seconds_between(e.at(start), e.at(end))) is not None]
    return found


def _repeats(entries: Sequence[Entry]) -> dict[str, int]:
    """Services that two or more incidents name."""
    spelled: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for entry in entries:
        for name in dict.fromkeys(service.lower() for service in entry.services):
            counts[name] += 1
        for service in entry.services:
            spelled.setdefault(service.lower(), service)
    return {
        spelled[name]: count
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count > 1
    }


def _recurrences(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Each incident whose signature and service an earlier one had, with the latest such one."""
    found = []
    for place, entry in enumerate(entries):
        earlier = [one for one in similar(entry, entries[:place], most=len(entries)) if one.recurrence]
        if earlier:
            last = max(earlier, key=lambda one: (one.day or "", one.name))
            found.append(
                {
                    "incident": entry.name,
                    "of": last.name,
                    "reasons": last.reasons[:3],
                    "open_actions": len(last.open_actions),
                }
            )
    return found


def _actions(entries: Sequence[Entry], today: date | None) -> dict[str, int | None]:
    counted = Counter(str(action.get("status")) for entry in entries for action in entry.actions)
    no_due = sum(not action.get("due") for entry in entries for action in entry.open_actions)
    late = len(_overdue(entries, today)) if today else None
    return {"total": sum(counted.values()), "done": counted["done"], "open": counted["open"], "dropped": counted["dropped"],
            "open_without_due_date": no_due, "overdue": late}  # fmt: skip


def _overdue(entries: Sequence[Entry], today: date | None) -> list[dict[str, Any]]:
    if today is None:
        return []
    late = [
        {"incident": entry.name, "what": action["what"], "owner": action.get("owner") or None, "due": action["due"]}
        for entry in entries for action in entry.open_actions if action.get("due") and date.fromisoformat(action["due"]) < today
    ]  # fmt: skip
    return sorted(late, key=lambda item: (item["due"], item["incident"], item["what"]))
