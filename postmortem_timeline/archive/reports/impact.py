"""What a report says of its impact: the interval, users stated; nothing is measured, so nothing is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.layout import Line, plain
from postmortem_timeline.views import wording

USERS = r"(?:users?|customers?|clients?|accounts?|tenants?|merchants?|members?|people|patients?|passengers?|citizens?)"
SHARE = re.compile(
    rf"(?i)(?<![\d.])(?P<share>\d{{1,3}}(?:\.\d+)?)\s?% of (?:our |the |all |active |total |\w+ )?{USERS}\b"
)
COUNT = re.compile(
    rf"(?i)(?<![\w.,:/$€£%#-])(?P<count>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<k>k)?\s(?:(?:affected|impacted|"
    rf"distinct|unique|active|end|our|of our|of the|registered|paying|internal|external) )?{USERS}\b"
)


def impact(source: str, life: dict[str, Any], walked: Sequence[Line], found: Sequence[Fact]) -> dict[str, Any]:
    """The impact block of incident.json, with what is not stated null."""
    start, end = life["impact_start"]["at"], life["mitigated"]["at"]
    known = bool(start and end and end >= start)
    down = wording.seconds_between(start, end) if known else None
    detail = {"start": start, "end": end, "kind": "failed", "services": [], "open_start": False, "open_end": False}
    return {
        "vantage": None, "windows": [[start, end]] if known else [], "window_details": [detail] if known else [],
        "downtime_seconds": down, "weighted_downtime_seconds": None, "full_outage_seconds": None,
        "users": _users(walked), "requests": None, "error_budget": None, "cost": None,
    }  # fmt: skip


def _users(walked: Sequence[Line]) -> dict[str, Any] | None:
    """What the summary or the impact states of users; the first statement counts."""
    texts = [
        plain(line.text)
        for line in walked
        if not line.heading and re.search(r"(?i)impact|summary|users?|customers?", f"{line.under} {line.text[:40]}")
    ]
    share = next((match for text in texts if (match := SHARE.search(text))), None)
    count = next((match for text in texts if (match := COUNT.search(text))), None)
    if not share and not count:
        return None
    affected = int(count["count"].replace(",", "")) * (1000 if count["k"] else 1) if count else None
    part = min(float(share["share"]) / 100, 1.0) if share else None
    return {
        "active": None,
        "affected": affected,
        "affected_excess": None,
        "share": part,
        "basis": "stated in the report",
        "exact": False,
    }
