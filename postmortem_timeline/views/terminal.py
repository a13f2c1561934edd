"""What a build prints in 80 columns of plain text: the executive sentence, key numbers, timeline and doubts."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Any

from postmortem_timeline.redact import clean
from postmortem_timeline.views import sentence, wording
from postmortem_timeline.views.calm import bounded, observed
from postmortem_timeline.views.cited import missing

WIDTH = 80
HOW_OFTEN = re.compile(r" \((?:x[\d,]+|and [\d,]+ more lines?)\)$")


def headline(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> str:
    """The executive summary as one paragraph on one line."""
    return clean(" ".join(sentence.spoken(sentence.executive(incident, rows)).split()))


def summary(incident: dict[str, Any], rows: Sequence[dict[str, Any]], *, width: int = WIDTH) -> str:
    """Sentence, numbers, timeline and doubts: all that `pmt demo` and `pmt build` say of what they found."""
    parts = [
        textwrap.fill(headline(incident, rows), width, break_on_hyphens=False),
        numbers(incident, width=width),
        timeline(rows, width=width),
        doubts(incident, width=width),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def numbers(incident: dict[str, Any], *, width: int = WIDTH) -> str:
    """The key numbers, one a line, each with its arithmetic; those that nothing tells are left out."""
    impact, durations = incident.get("impact") or {}, incident.get("durations") or {}
    if sentence.blind(incident):
        rows = [("Impact", "not measured", "no request logs among the exports")]
    elif sentence.calm(incident):
        rows = _calm(incident)
    else:
        rows = _impact(impact)
    told = any(durations.get(f"{name}_seconds") is not None for name in wording.DURATIONS)
    for name, (label, formula) in wording.DURATIONS.items() if told else ():
        seconds = durations.get(f"{name}_seconds")
        unknown = missing(incident, formula) if seconds is None else ""
        rows.append((label, wording.span(seconds), unknown or formula))
    lines = [f"{label:<21}{value:<15}{note}".rstrip() for label, value, note in rows]
    return "\n".join(fit(clean(line), width) for line in lines)


def _impact(impact: dict[str, Any]) -> list[tuple[str, str, str]]:
    users, requests = impact.get("users") or {}, impact.get("requests") or {}
    failed, total = requests.get("failed"), requests.get("total")
    share = failed / total if failed is not None and total else None
    return [
        ("Impact", wording.span(impact.get("downtime_seconds")), _stretches(impact)),
        ("Users affected", wording.percent(users.get("share"), 1), _of(users.get("affected"), users.get("active"))),
        ("Failed requests", wording.percent(share, 1), _of(failed, total)),
    ]


def _calm(incident: dict[str, Any]) -> list[tuple[str, str, str]]:
    users, seen = incident["impact"].get("users") or {}, incident["impact"].get("observed") or {}
    rows = [("Impact", "0 s", "no outage found")]
    if bounded(incident):
        return rows
    if users.get("active"):
        rows.append(("Users affected", "0%", _of(0, users["active"])))
    if seen.get("requests"):
        rows.append(
            (
                "Failed requests",
                wording.percent(seen["failed"] / seen["requests"], 1),
                f"{observed(incident)}, the usual background",
            )
        )
    return rows


def timeline(rows: Sequence[dict[str, Any]], *, width: int = WIDTH) -> str:
    """One line a row: time, kind, what happened; a new day has a line of its own."""
    lines, today = [f"{'UTC':<10}{'kind':<9}what happened", "-" * min(width, WIDTH)], ""
    for row in rows:
        day = wording.iso_day(row.get("start"))
        if day != today:
            lines.append(day if day != "-" else "without a time")
            today = day
        head = f"{wording.clock(row.get('start')):<10}{row.get('kind') or '':<9}"
        who = wording.teller(row)
        said = clean(f"{who}: {row.get('summary')}" if who else str(row.get("summary") or ""))
        often = HOW_OFTEN.search(said)  # where the text says it at its end, that is not what is cut off
        last = often[0] if often else f" ({wording.often(row)})" if wording.often(row) else ""
        lines.append(head + fit(said.removesuffix(last), width - len(head) - len(last)) + last)
    return "\n".join(lines)


def doubts(incident: dict[str, Any], *, width: int = WIDTH, limit: int = 12) -> str:
    """What a reader should know before believing a number: findings, then clocks that were off."""
    said = [str(finding.get("message")) for finding in incident.get("findings") or []]
    said += [
        f"{row['source']}: its clock was {wording.span(abs(row['clock_offset_seconds']))} "
        f"{'ahead' if row['clock_offset_seconds'] > 0 else 'behind'}; corrected"
        for row in incident.get("clocks") or []
        if row.get("clock_offset_seconds")
    ]
    if not said:
        return ""
    more = [f"... and {len(said) - limit} more in postmortem.md"] if len(said) > limit else []
    wrapped = [
        textwrap.fill(clean(text), width, initial_indent="- ", subsequent_indent="  ") for text in said[:limit] + more
    ]
    return "\n".join(["Doubts", *wrapped])


def fit(text: str, width: int) -> str:
    """`text` on one line within `width` columns; wide characters take two."""
    flat = " ".join(text.split(" ")).replace("\n", " ").replace("\t", " ")
    if sum(map(columns, flat)) <= width:
        return flat
    used, kept = 1, []
    for char in flat:
        used += columns(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def columns(char: str) -> int:
    """How many columns a terminal gives to a character."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _stretches(impact: dict[str, Any]) -> str:
    windows = impact.get("windows") or []
    if not windows:
        return "no window found" if impact.get("downtime_seconds") is not None else "not measured"
    times = f"{wording.clock(windows[0][0])} to {wording.clock(windows[-1][1])} UTC"
    return times if len(windows) == 1 else f"{len(windows)} windows, {times}"


def _of(part: int | None, whole: int | None) -> str:
    return "not measured" if part is None or whole is None else f"{wording.number(part)} of {wording.number(whole)}"
