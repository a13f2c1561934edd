"""Which tellings of one alert were joined: pairs found, pairs that are right, pairs that there are."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

FILES = ("alertmanager.json", "alerts.jsonl", "pagerduty_log_entries.json", "slack")
POSTED = re.compile(r"\[(FIRING|RESOLVED)(?::\d+)?\] (\w+)")
PAGED = re.compile(r"\[#\d+\] (\w+)")


def echo_counts(exports: Path) -> dict[str, object]:
    """Over all pairs of machines' records: joined, rightly joined, and belonging together."""
    from postmortem_timeline import read
    from postmortem_timeline.correlate.echoes import echoes

    events = read([str(exports / name) for name in FILES if (exports / name).exists()])
    label = {row: _label(*values) for row, *values in events[["kind", "action", "body"]].itertuples()}
    groups = [list(rows) for rows in echoes(events)["rows"]]
    found = [pair for rows in groups for pair in combinations(rows, 2)]
    right = sum(label[a] is not None and label[a] == label[b] for a, b in found)
    known = [name for row, name in label.items() if name is not None]
    true = sum(a == b for a, b in combinations(known, 2))
    return {"echo_found": len(found), "echo_right": right, "echo_true": true}


def _label(kind: str, action: object, body: str) -> tuple[str, str] | None:
    """(alert, its edge) of a machine's record; an acknowledgement or a person's word is no echo."""
    if kind == "alert" and action in ("firing", "resolved"):
        return body.split(":")[0], str(action)
    if kind == "page" and action == "triggered" and (match := PAGED.search(body)):
        return match[1], "firing"
    if kind == "chat" and (match := POSTED.search(body)):
        return match[2], match[1].lower()
    return None
